// What the OpenAI SDK for Node makes of a server, as one JSON object: node openai.mjs http://127.0.0.1:8000
import { readFile } from "node:fs/promises";
import OpenAI from "openai";

const url = process.argv[2];
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });
const messages = [{ role: "user", content: "hello" }];
const asked = { model: "any", messages, max_tokens: 48 };
// Many seconds of work, unless the client leaves.
const slow = { model: "any", messages, gen_length: 2000, steps: 2000, block_length: 1, ignore_eos: true };

async function stream() {
  const seen = { text: "", chunks: 0 };
  const chunks = await client.chat.completions.create({
    ...asked,
    stream: true,
    stream_options: { include_usage: true },
  });
  for await (const chunk of chunks) {
    seen.text += chunk.choices[0]?.delta.content ?? "";
    seen.chunks += 1;
    seen.usage = chunk.usage ?? seen.usage;
  }
  return seen;
}

async function refusal(call) {
  try {
    await call();
  } catch (error) {
    return { class: error.constructor.name, message: error.message, param: error.param, code: error.code };
  }
  return { class: null };
}

async function running() {
  return (await (await fetch(`${url}/health`)).json()).queue.running;
}

async function whenRunning(count) {
  while ((await running()) !== count) await new Promise((resolve) => setTimeout(resolve, 20));
  return count;
}

async function leave() {
  const seen = {};
  for await (const chunk of await client.chat.completions.create({ ...slow, stream: true })) {
    if (!chunk.choices[0].delta.content) continue;
    seen.running = await running();
    break;
  }
  seen.afterBreak = await whenRunning(0);
  const controller = new AbortController();
  const refused = refusal(() => client.chat.completions.create(slow, { signal: controller.signal }));
  await whenRunning(1);
  controller.abort();
  seen.aborted = (await refused).class;
  seen.afterAbort = await whenRunning(0);
  return seen;
}

const { version } = JSON.parse(await readFile(new URL("node_modules/openai/package.json", import.meta.url)));
const whole = await client.chat.completions.create(asked);
const diffusion = await client.chat.completions.create({ ...asked, gen_length: 16, steps: 8 });
const tooLong = [{ role: "user", content: "word ".repeat(4000) }];

console.log(
  JSON.stringify({
    version,
    models: (await client.models.list()).data.map((model) => model.id),
    whole: { text: whole.choices[0].message.content, usage: whole.usage },
    stream: await stream(),
    elbarto: diffusion.elbarto,
    refused: {
      field: await refusal(() => client.chat.completions.create({ ...asked, temperature: 9 })),
      model: await refusal(() => client.models.retrieve("nope")),
      tooLong: await refusal(() => client.chat.completions.create({ ...asked, messages: tooLong, stream: true })),
    },
    left: await leave(),
  }),
);
