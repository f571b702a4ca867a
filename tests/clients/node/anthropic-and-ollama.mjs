// What Anthropic's and Ollama's SDKs for Node make of a server, as one JSON object:
// node anthropic-and-ollama.mjs http://127.0.0.1:8000
import Anthropic from "@anthropic-ai/sdk";
import { Ollama } from "ollama";

const url = process.argv[2];
const question = { role: "user", content: "Write a function that checks if a number is even." };

async function refusal(call) {
  try {
    await call();
  } catch (error) {
    return {
      class: error.constructor.name,
      status: error.status ?? error.status_code,
      type: error.type,
      message: error.message,
    };
  }
  return { class: null };
}

async function useAnthropic() {
  const client = new Anthropic({ baseURL: url, apiKey: "none", maxRetries: 0 });
  const asked = { model: "any", max_tokens: 64, messages: [question] };
  const schema = { type: "object", properties: { unit: { enum: ["celsius"] } }, required: ["unit"] };
  const forced = {
    ...asked,
    tools: [{ name: "weather", input_schema: { ...schema, additionalProperties: false } }],
    tool_choice: { type: "any", disable_parallel_tool_use: true },
  };
  const whole = await client.messages.create(asked);
  const streamed = await client.messages.stream(asked).finalMessage();
  const called = await client.messages.create(forced);
  const calledInStream = await client.messages.stream(forced).finalMessage();
  return {
    whole: whole.content[0].text,
    stream: streamed.content[0].text,
    stopReason: streamed.stop_reason,
    called: called.content[0].input,
    calledInStream: calledInStream.content[0].input,
    refused: await refusal(() => client.messages.create({ ...asked, max_tokens: 0 })),
  };
}

async function useOllama() {
  const client = new Ollama({ host: url });
  const name = (await client.list()).models[0].name;
  const asked = { model: name, messages: [question], options: { num_predict: 64 } };
  const whole = await client.chat(asked);
  let text = "";
  for await (const line of await client.chat({ ...asked, stream: true })) text += line.message.content;
  const filled = { model: name, prompt: "def add(a, b):\n    return ", suffix: "\n", options: { num_predict: 16 } };
  return {
    whole: whole.message.content,
    stream: text,
    filled: (await client.generate(filled)).response,
    capabilities: (await client.show({ model: name })).capabilities,
    refused: await refusal(() => client.chat({ ...asked, options: { num_predict: "x" } })),
  };
}

console.log(JSON.stringify({ anthropic: await useAnthropic(), ollama: await useOllama() }));
