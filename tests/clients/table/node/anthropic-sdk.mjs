// @anthropic-ai/sdk: messages, streams, tools, counting.
import Anthropic from "@anthropic-ai/sdk";
import { assert, code, run, url } from "./checks.mjs";

const client = new Anthropic({ baseURL: url, apiKey: "none", maxRetries: 0 });
const messages = [{ role: "user", content: code }];
const asked = { model: "any", max_tokens: 64, messages };
const input_schema = {
  type: "object",
  properties: { unit: { enum: ["celsius"] } },
  required: ["unit"],
  additionalProperties: false,
};

await run({
  async messages() {
    assert((await client.messages.create(asked)).content[0].text.includes("def "), "code");
  },
  async stream() {
    assert((await client.messages.stream(asked).finalText()).includes("def "), "code");
  },
  async "forced tools"() {
    const choice = { type: "any", disable_parallel_tool_use: true };
    const forced = { ...asked, tools: [{ name: "weather", input_schema }], tool_choice: choice };
    assert((await client.messages.create(forced)).content[0].input.unit === "celsius", "a call");
  },
  async "count tokens"() {
    assert((await client.messages.countTokens({ model: "any", messages })).input_tokens > 0, "a number");
  },
});
