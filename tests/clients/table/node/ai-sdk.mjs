// Vercel's AI SDK: node ai-sdk.mjs URL openai|openai.chat|compatible chooses the provider.
import { generateObject, generateText, streamText, tool } from "ai";
import { z } from "zod";
import { assert, code, question, run, url } from "./checks.mjs";

const baseURL = `${url}/v1`;
const schema = z.object({ city: z.string().max(12), days: z.number().int().min(1).max(7) });

async function model() {
  if (process.argv[3] === "openai") {
    const { createOpenAI } = await import("@ai-sdk/openai");
    return createOpenAI({ baseURL, apiKey: "none" })("any");
  }
  const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
  return createOpenAICompatible({ name: "elbarto", baseURL, supportsStructuredOutputs: true })("any");
}

const asked = { model: await model(), prompt: question, maxOutputTokens: 120, maxRetries: 0 };
const tools = { weather: tool({ description: "The weather in a city.", inputSchema: schema }) };

await run({
  async chat() {
    assert((await generateText({ ...asked, prompt: code, maxOutputTokens: undefined })).text.includes("def "), "code");
  },
  async stream() {
    assert((await streamText({ ...asked, prompt: code }).text).includes("def "), "code");
  },
  async generateObject() {
    schema.parse((await generateObject({ ...asked, schema })).object);
  },
  async "forced tools"() {
    const [call] = (await generateText({ ...asked, tools, toolChoice: "required" })).toolCalls;
    schema.parse(call.input);
  },
  async "optional tools"() {
    assert((await generateText({ ...asked, tools })).finishReason, "a reason");
  },
});
