"""Coding agents and their like, without a terminal. Their prompts do not fit into the embedded model's 2,048 tokens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.clients.table.recipe import PROMPT, Recipe

CHAT, RESPONSES, MESSAGES = "POST /v1/chat/completions", "POST /v1/responses", "POST /v1/messages"
CODEX = """\
cat > config.toml <<END
model = "$MODEL"
model_provider = "elbarto"
[model_providers.elbarto]
name = "El Barto Serve"
base_url = "$URL/v1"
wire_api = "responses"
END
CODEX_HOME="$WORK" codex exec --skip-git-repo-check --sandbox danger-full-access "$PROMPT" < /dev/null"""
CONTINUE = """\
cat > config.yaml <<END
name: local
version: 1.0.0
schema: v1
models: [{name: local, provider: openai, model: $MODEL, apiBase: $URL/v1, apiKey: none}]
END
cn --config config.yaml -p "$PROMPT" < /dev/null"""
OPENCODE = """\
cat > opencode.json <<END
{"provider": {"elbarto": {"npm": "@ai-sdk/openai-compatible", "name": "El Barto Serve",
  "options": {"baseURL": "$URL/v1", "apiKey": "none"},
  "models": {"$MODEL": {"limit": {"context": 32768, "output": 256}}}}},
 "autoupdate": false, "share": "disabled"}
END
opencode run -m "elbarto/$MODEL" "$PROMPT" < /dev/null"""


def _agent(
    client: str, *, run: str, route: str, environ: Mapping[str, str] | None = None, package: str = "", **more: Any
) -> Recipe:
    return Recipe(
        client=client,
        group="agents",
        source="npm",
        packages=(package or client,),
        run=run,
        asks="one prompt",
        routes=(route,),
        environ={"PROMPT": PROMPT, **(environ or {})},
        needs_long_context=True,
        limit_s=900,
        **more,
    )


RECIPES = (
    _agent("@openai/codex", run=CODEX, route=RESPONSES),
    _agent(
        "@anthropic-ai/claude-code",
        run='ANTHROPIC_BASE_URL="$URL" ANTHROPIC_MODEL="$MODEL" claude -p "$PROMPT" < /dev/null',
        route=MESSAGES,
        environ={"ANTHROPIC_AUTH_TOKEN": "none", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"},
    ),
    _agent("@continuedev/cli", run=CONTINUE, route=CHAT, environ={"CONTINUE_TELEMETRY_ENABLED": "0"}),
    _agent("opencode-ai", run=OPENCODE, route=CHAT),
    _agent(
        "cline",
        run='cline auth -p openai-compatible -b "$URL/v1" -k none -m "$MODEL" && cline --json "$PROMPT" < /dev/null',
        route=CHAT,
    ),
    _agent(
        "@qwen-code/qwen-code",
        run='OPENAI_BASE_URL="$URL/v1" OPENAI_MODEL="$MODEL" qwen --auth-type openai -p "$PROMPT" < /dev/null',
        route=CHAT,
        environ={"OPENAI_API_KEY": "none"},
        files={
            ".qwen/settings.json": json.dumps(
                {
                    "model": {"generationConfig": {"samplingParams": {"max_tokens": 256}}, "maxSessionTurns": 3},
                    "privacy": {"usageStatisticsEnabled": False},
                }
            )
        },
    ),
    _agent(
        "@github/copilot",
        run='COPILOT_PROVIDER_BASE_URL="$URL/v1" COPILOT_MODEL="$MODEL" copilot -p "$PROMPT" < /dev/null',
        route=CHAT,
        environ={"COPILOT_PROVIDER_TYPE": "openai", "COPILOT_OFFLINE": "true", "COPILOT_PROVIDER_API_KEY": "none"},
    ),
)
