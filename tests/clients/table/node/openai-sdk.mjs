// openai: chat, streams, parse with zod, tools, completions, responses.
import OpenAI from "openai";
import { zodResponseFormat, zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";
import { assert, code, question, run, url } from "./checks.mjs";

const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });
const asked = { model: "any", messages: [{ role: "user", content: code }] };
const about = { model: "any", messages: [{ role: "user", content: question }], max_tokens: 120 };
const schema = z.object({ city: z.string().max(12), days: z.number().int().min(1).max(7) });

await run({
  async models() {
    assert((await client.models.list()).data.length === 1, "one model");
  },
  async chat() {
    assert((await client.chat.completions.create(asked)).choices[0].message.content.includes("def "), "code");
  },
  async stream() {
    const final = await client.chat.completions.stream(asked).finalContent();
    assert(final.includes("def "), "code");
  },
  async parse() {
    const format = zodResponseFormat(schema, "weather");
    const { choices } = await client.chat.completions.parse({ ...about, response_format: format });
    assert(choices[0].message.parsed.days >= 1, "an object");
  },
  async "forced tools"() {
    const parameters = z.toJSONSchema(schema);
    const tools = [{ type: "function", function: { name: "weather", parameters } }];
    const forced = { ...about, tools, tool_choice: "required", parallel_tool_calls: false };
    const [call] = (await client.chat.completions.create(forced)).choices[0].message.tool_calls;
    schema.parse(JSON.parse(call.function.arguments));
  },
  async completions() {
    const body = { model: "any", prompt: "def add(a, b):\n    return ", suffix: "\n", max_tokens: 16 };
    assert((await client.completions.create(body)).choices[0].text, "a text");
  },
  async responses() {
    const body = { model: "any", input: question, max_output_tokens: 120 };
    assert((await client.responses.create(body)).output_text, "a text");
    const text = { format: zodTextFormat(schema, "weather") };
    assert((await client.responses.parse({ ...body, text })).output_parsed.days >= 1, "an object");
  },
});
