// What openai's SDK and Vercel's AI SDK, whose OpenAI models use responses by default, make of a server's responses, as
// one JSON object: node responses.mjs http://127.0.0.1:8000
import { createOpenAI } from "@ai-sdk/openai";
import { generateObject, generateText, streamText, tool } from "ai";
import OpenAI from "openai";
import { zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";

const baseURL = `${process.argv[2]}/v1`;
const question = "What is the weather in Paris?";
const schema = z.object({
  city: z.string().max(12),
  unit: z.enum(["celsius", "fahrenheit"]),
  days: z.number().int().min(1).max(7),
});

async function useOpenAI() {
  const { responses } = new OpenAI({ baseURL, apiKey: "none", maxRetries: 0 });
  const asked = { model: "any", input: question, max_output_tokens: 120 };
  const whole = await responses.create(asked);
  const stream = responses.stream({ ...asked, text: { format: zodTextFormat(schema, "weather") } });
  const kinds = new Set();
  for await (const event of stream) kinds.add(event.type);
  const final = await stream.finalResponse();
  return {
    text: whole.output_text,
    status: whole.status,
    total: whole.usage.total_tokens,
    kinds: [...kinds],
    parsed: final.output_parsed,
  };
}

async function useAISDK() {
  const provider = createOpenAI({ baseURL, apiKey: "none" });
  const asked = { model: provider("any"), prompt: question, maxOutputTokens: 120, maxRetries: 0 };
  const forced = {
    ...asked,
    tools: { weather: tool({ description: "The weather in a city.", inputSchema: schema }) },
    toolChoice: { type: "tool", toolName: "weather" },
  };
  const whole = await generateText(asked);
  const { object } = await generateObject({ ...asked, schema });
  const called = await generateText(forced);
  const [streamed] = await streamText(forced).toolCalls;
  const result = { type: "tool-result", toolName: "weather", toolCallId: called.toolCalls[0].toolCallId };
  const { prompt, ...rest } = asked;
  const after = await generateText({
    ...rest,
    messages: [
      { role: "user", content: prompt },
      ...called.response.messages,
      { role: "tool", content: [{ ...result, output: { type: "text", value: "sunny" } }] },
    ],
  });
  return {
    text: whole.text,
    finishReason: whole.finishReason,
    stream: await streamText(asked).text,
    object,
    tool: called.toolCalls[0].input,
    calledReason: called.finishReason,
    streamed: streamed.input,
    after: after.usage.outputTokens,
  };
}

console.log(JSON.stringify({ openai: await useOpenAI(), ai: await useAISDK() }));
