// What Vercel's AI SDK makes of a server's structured replies and tools, as one JSON object:
// node structured.mjs http://127.0.0.1:8000
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateObject, generateText, streamText, tool } from "ai";
import { z } from "zod";

const provider = createOpenAICompatible({
  name: "elbarto",
  baseURL: `${process.argv[2]}/v1`,
  supportsStructuredOutputs: true,
});
const schema = z.object({
  city: z.string().max(12),
  unit: z.enum(["celsius", "fahrenheit"]),
  days: z.number().int().min(1).max(7),
});
const asked = {
  model: provider("any"),
  prompt: "What is the weather in Paris?",
  maxOutputTokens: 120,
  maxRetries: 0,
};
const forced = {
  ...asked,
  tools: { weather: tool({ description: "The weather in a city.", inputSchema: schema }) },
  toolChoice: { type: "tool", toolName: "weather" },
};

const { object } = await generateObject({ ...asked, schema });
const called = await generateText(forced);
const stream = streamText(forced);
const [streamed] = await stream.toolCalls;

console.log(
  JSON.stringify({
    object,
    tool: called.toolCalls[0].input,
    finishReason: called.finishReason,
    streamed: streamed.input,
  }),
);
