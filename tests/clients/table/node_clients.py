"""SDKs for Node.js, driven by scripts in `node/`, and promptfoo."""

from __future__ import annotations

from tests.clients.table.recipe import PROMPT, Recipe, node_script

PROMPTFOO = f"""\
prompts: ["{PROMPT}"]
providers:
  - {{id: "openai:chat:any", config: {{apiKey: none, max_tokens: 64}}}}
  - {{id: "openai:completion:any", config: {{apiKey: none, max_tokens: 64}}}}
  - {{id: "openai:responses:any", config: {{apiKey: none, max_output_tokens: 64}}}}
tests: [{{assert: [{{type: javascript, value: "output.length > 0"}}]}}]
"""

RECIPES = (
    node_script("openai", "openai", "zod", script="openai-sdk.mjs"),
    node_script("@ai-sdk/openai (responses)", "@ai-sdk/openai", "ai", "zod", script="ai-sdk.mjs", provider="openai"),
    node_script(
        "@ai-sdk/openai-compatible",
        "@ai-sdk/openai-compatible",
        "ai",
        "zod",
        script="ai-sdk.mjs",
        provider="compatible",
    ),
    node_script("@anthropic-ai/sdk", "@anthropic-ai/sdk", script="anthropic-sdk.mjs"),
    node_script("ollama", "ollama", script="ollama-sdk.mjs"),
    Recipe(
        client="promptfoo",
        group="node",
        source="npm",
        packages=("promptfoo",),
        run='OPENAI_BASE_URL="$URL/v1" promptfoo eval --no-cache --no-table --no-progress-bar -c promptfooconfig.yaml',
        asks="chat, completion, responses",
        files={"promptfooconfig.yaml": PROMPTFOO},
        environ={"PROMPTFOO_DISABLE_TELEMETRY": "1", "PROMPTFOO_DISABLE_UPDATE": "1", "OPENAI_API_KEY": "none"},
        routes=("POST /v1/chat/completions", "POST /v1/completions", "POST /v1/responses"),
        limit_s=400,
    ),
)
