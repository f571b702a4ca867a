"""Clients in Python: SDKs by scripts in `python/`, programs by their own commands."""

from __future__ import annotations

import json
from typing import Any

from tests.clients.table.recipe import PROMPT, Recipe, python_script

TASK = """\
task: one
dataset_path: json
dataset_kwargs: {data_files: {test: one.jsonl}}
test_split: test
output_type: generate_until
doc_to_text: "{{question}}"
doc_to_target: "{{answer}}"
generation_kwargs: {until: ["\\n\\n\\n"], max_gen_toks: 64}
metric_list: [{metric: exact_match}]
"""
PROBLEM = {
    "task_id": "HumanEval/0",
    "prompt": 'def add(a: int, b: int) -> int:\n    """Return the sum."""\n',
    "entry_point": "add",
    "canonical_solution": "    return a + b\n",
    "test": "def check(candidate):\n    assert candidate(1, 2) == 3\n",
    "contract": "",
    "base_input": [[1, 2]],
    "plus_input": [[2, 3]],
    "atol": 0,
}
CHAT, TEXT = "POST /v1/chat/completions", "POST /v1/completions"
OPENAI = {"OPENAI_API_KEY": "none"}


def _program(client: str, *packages: str, run: str, **more: Any) -> Recipe:
    return Recipe(client=client, group="python", source="pip", packages=packages, run=run, **more)


def _absent(client: str, not_run: str) -> Recipe:
    return Recipe(client=client, group="python", source="none", not_run=not_run)


RECIPES = (
    python_script("openai", "openai", script="openai_sdk.py"),
    python_script("openai 2", "openai<3", script="openai_sdk.py"),
    python_script("litellm", "litellm", script="litellm_sdk.py"),
    python_script("litellm proxy", "litellm[proxy]", "httpx", script="litellm_proxy.py", limit_s=500),
    _program(
        "llm",
        "llm",
        run="""printf -- '- {model_id: local, model_name: any, api_base: "%s/v1", supports_schema: true, """
        """supports_tools: true}\\n' "$URL" > extra-openai-models.yaml
        llm -m local --key none "$PROMPT" | grep def
        llm -m local --key none --no-stream "$PROMPT" | grep def
        llm -m local --key none --schema 'days int' -o max_tokens 100 'How many days?' | grep days""",
        asks="chat, stream, schema",
        environ={"LLM_USER_PATH": ".", "PROMPT": PROMPT},
        routes=(CHAT,),
    ),
    python_script("langchain-openai", "langchain-openai", script="langchain_models.py"),
    python_script("llama-index OpenAILike", "llama-index-llms-openai-like", script="llama_index_like.py"),
    python_script("pydantic-ai", "pydantic-ai-slim[openai]", script="pydantic_ai_agents.py"),
    python_script("instructor", "instructor", script="instructor_modes.py"),
    python_script(
        "dspy",
        "dspy",
        script="dspy_programs.py",
        remark="For a model that is not in its catalogue it sends no schema: predictors need one that keeps its format",
    ),
    python_script("smolagents", "smolagents[openai]", script="smolagents_models.py"),
    python_script("ag2", "ag2[openai]>=1", script="ag2_agents.py"),
    python_script("anthropic", "anthropic", script="anthropic_sdk.py"),
    python_script("ollama", "ollama", script="ollama_sdk.py"),
    _program(
        "aider",
        "aider-chat",
        run="""git init -q && git config user.email a@b && git config user.name a
        printf 'def add(a, b):\\n    return a + b\\n' > calc.py && git add . && git commit -qm begin
        export OPENAI_API_BASE="$URL/v1"
        aider --model openai/any --yes-always --no-show-model-warnings --no-check-update --analytics-disable \\
            --edit-format whole --map-tokens 0 --message 'Add a function is_even.' calc.py""",
        asks="one whole-file edit",
        environ=OPENAI,
        routes=(CHAT,),
        needs_long_context=True,
    ),
    _program(
        "lm_eval",
        "lm_eval[api]",
        "transformers",
        run="""lm_eval run --include_path . --tasks one --limit 2 --model local-chat-completions \\
            --apply_chat_template --model_args "model=any,base_url=$URL/v1/chat/completions,tokenizer_backend=None"
        lm_eval run --include_path . --tasks one --limit 2 --model local-completions \\
            --model_args "model=any,base_url=$URL/v1/completions,tokenizer=$MODEL_PATH"
        """,
        asks="generate_until by chat and by completion",
        files={
            "one.yaml": TASK,
            "one.jsonl": "".join(json.dumps({"question": PROMPT, "answer": "x"}) + "\n" for _ in range(2)),
        },
        environ={**OPENAI, "HF_DATASETS_OFFLINE": "1"},
        routes=(CHAT, TEXT),
        remark="Multiple-choice tasks need log-probabilities of the prompt, which a block-diffusion model has not: 400",
    ),
    _program(
        "evalplus",
        "evalplus",
        run="""evalplus.codegen --model any --backend openai --base_url "$URL/v1" --greedy \\
            --dataset humaneval --root out
        grep -rq 'def add' out""",
        asks="greedy code generation",
        files={"one.jsonl": json.dumps(PROBLEM) + "\n"},
        environ={**OPENAI, "HUMANEVAL_OVERRIDE_PATH": "one.jsonl"},
        routes=(CHAT,),
    ),
    _program(
        "guidellm",
        "guidellm",
        run="""guidellm run --backend "kind=openai_http,target=$URL,request_format=/v1/chat/completions" \\
            --profile kind=synchronous --constraint kind=max_requests,count=3 \\
            --tokenizer "kind=hf_auto,model=$MODEL_PATH" \\
            --data kind=synthetic_text,prompt_tokens=32,output_tokens=16 --output kind=json,path=out.json""",
        asks="three requests",
        routes=(CHAT,),
    ),
    python_script("open-webui", "open-webui", script="webui_server.py", limit_s=580),
    python_script("crewai", "crewai", "litellm", script="crewai_llm.py"),
    _program(
        "aiperf",
        "aiperf",
        run="""hub=hub/models--elbarto--mini && mkdir -p $hub/refs $hub/snapshots/here
        printf here > $hub/refs/main && cp -r "$MODEL_PATH"/. $hub/snapshots/here
        aiperf profile -m "$MODEL" --url "$URL" --endpoint-type chat --streaming --concurrency 2 --request-count 4 \\
            --tokenizer elbarto/mini --input-file prompts.jsonl --custom-dataset-type single_turn \\
            --extra-inputs max_tokens:64 --ui none""",
        asks="four streamed requests",
        files={"prompts.jsonl": "".join(json.dumps({"text": f"{PROMPT} {n}"}) + "\n" for n in range(4))},
        environ={"HF_HOME": ".", "HF_HUB_OFFLINE": "1"},
        routes=(CHAT,),
    ),
    _absent("vLLM `bench serve`", "it comes with vLLM's engine, gigabytes for a GPU"),
    _absent("bigcodebench", "it installs vLLM; tests/clients/evaluators.py sends its requests"),
)
