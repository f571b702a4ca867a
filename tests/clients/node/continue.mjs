// What Continue's own code makes of a server's completions, as one JSON object: node continue.mjs http://127.0.0.1:8000
import { streamSse } from "@continuedev/fetch";
import { constructLlmApi } from "@continuedev/openai-adapters";

const url = process.argv[2];
const prefix = "def fibonacci(n):\n    a, b = 0, 1\n    for _ in range(n):\n        ";
const suffix = "\n    return a\n";
// What Continue's autocompletion asks for, unless it is configured otherwise.
const asked = { model: "any", max_tokens: 4096, temperature: 0.01, stream: true };
const stop = ["<|endoftext|>", "/src/", "#- coding: utf-8", "```", "\nclass ", "\n\n\n"];
// The prompts that it writes for models by their names, when the provider has no endpoint for infilling.
const templates = {
  starcoder: `<fim_prefix>${prefix}<fim_suffix>${suffix}<fim_middle>`,
  qwen: `<|fim_prefix|>${prefix}<|fim_suffix|>${suffix}<|fim_middle|>`,
  qwenFiles: `<|repo_name|>shop\n<|file_sep|>b.py\nB = 1\n<|file_sep|>a.py\n<|fim_prefix|>${prefix}<|fim_suffix|>${suffix}<|fim_middle|>`,
  seedCoder: `<[fim-prefix]>${prefix}<[fim-suffix]>${suffix}<[fim-middle]>`,
  codestral: `[SUFFIX]${suffix}[PREFIX]${prefix}`,
  codellama: `<PRE> ${prefix} <SUF>${suffix} <MID>`,
  deepseek: `<｜fim▁begin｜>${prefix}<｜fim▁hole｜>${suffix}<｜fim▁end｜>`,
};

function api(provider, apiBase = `${url}/v1/`) {
  return constructLlmApi({ provider, apiBase, apiKey: "none" });
}

async function join(chunks, textOf) {
  const seen = { text: "", pieces: [], finish: [] };
  for await (const chunk of chunks) {
    const piece = textOf(chunk.choices[0]) ?? "";
    seen.text += piece;
    if (piece) seen.pieces.push(piece);
    if (chunk.choices[0].finish_reason) seen.finish.push(chunk.choices[0].finish_reason);
  }
  return seen;
}

const complete = (prompt, more = {}) =>
  join(api("openai").completionStream({ ...asked, stop, prompt, ...more }), (choice) => choice.text);
const infill = (llm, more = {}) =>
  join(llm.fimStream({ ...asked, stop, prompt: prefix, suffix, ...more }), (choice) => choice.delta.content);

async function refusal(call) {
  try {
    await call();
  } catch (error) {
    return error.message;
  }
  return null;
}

async function running() {
  return (await (await fetch(`${url}/health`)).json()).queue.running;
}

async function whenRunning(count) {
  while ((await running()) !== count) await new Promise((resolve) => setTimeout(resolve, 20));
  return count;
}

// Many seconds of work, unless the client leaves: what a new keystroke does to the request of the one before.
async function leave() {
  const slow = { gen_length: 1500, steps: 1500, block_length: 1, ignore_eos: true };
  for await (const chunk of api("openai").completionStream({ ...asked, ...slow, prompt: "def f(", max_tokens: 1500 })) {
    if (chunk.choices[0].text) break;
  }
  return whenRunning(0);
}

async function readRaw() {
  const body = JSON.stringify({ prompt: templates.starcoder, stream: true, temperature: 0 });
  return join(streamSse(await fetch(`${url}/v1/completions`, { method: "POST", body })), (choice) => choice.text);
}

const openai = {};
for (const [name, prompt] of Object.entries(templates)) openai[name] = await complete(prompt);

console.log(
  JSON.stringify({
    openai,
    noSuffix: await complete(`<fim_prefix>${prefix}<fim_suffix>\n<fim_middle>`),
    plain: await complete("def add(a, b):\n", { max_tokens: 16 }),
    lines: await complete("<fim_prefix>def is_even(n):\n<fim_suffix>\n\n\ndef is_odd(n):\n    return n % 2 == 1\n<fim_middle>"),
    mistral: await infill(api("mistral")),
    deepseek: await infill(api("deepseek", `${url}/`)),
    deepseekUnderV1: await infill(api("deepseek")),
    inception: await infill(api("inception")),
    inceptionNoSuffix: await infill(api("inception"), { suffix: "\n" }),
    raw: await readRaw(),
    refused: {
      openai: await refusal(() => complete(templates.qwen, { temperature: 9 })),
      mistral: await refusal(() => infill(api("mistral"), { temperature: 9 })),
      deepseek: await refusal(() => infill(api("deepseek", `${url}/`), { temperature: 9 })),
    },
    runningAfterLeaving: await leave(),
  }),
);
