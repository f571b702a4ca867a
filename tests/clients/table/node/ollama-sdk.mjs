// ollama's own client for JavaScript.
import { Ollama } from "ollama";
import { assert, code, run, url } from "./checks.mjs";

const client = new Ollama({ host: url });
const model = (await client.list()).models[0].name;
const asked = { model, messages: [{ role: "user", content: code }], options: { num_predict: 64 } };

await run({
  async models() {
    assert((await client.show({ model })).capabilities.includes("completion"), "completion");
  },
  async chat() {
    assert((await client.chat(asked)).message.content.includes("def "), "code");
  },
  async stream() {
    let text = "";
    for await (const part of await client.chat({ ...asked, stream: true })) text += part.message.content;
    assert(text.includes("def "), "code");
  },
  async infill() {
    const hole = { model, prompt: "def add(a, b):\n    return ", suffix: "\n", options: { num_predict: 16 } };
    assert((await client.generate(hole)).response, "a text");
  },
});
