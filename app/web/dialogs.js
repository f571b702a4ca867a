// The help, and the facts about the model.

import { modelCard, serverVersion } from "./client.js";
import { EXPLANATIONS as COUNTERS } from "./meters.js";
import { EXPLANATIONS as SETTINGS } from "./settings.js";

const find = (id) => document.getElementById(id);

function facts(list, pairs) {
  list.replaceChildren(
    ...pairs.flatMap(([term, text]) => {
      const [dt, dd] = [document.createElement("dt"), document.createElement("dd")];
      [dt.textContent, dd.textContent] = [term, text];
      return [dt, dd];
    }),
  );
}

const sentence = (text) => `${text[0].toUpperCase()}${text.slice(1)}.`;
const tokens = (number) => `${number.toLocaleString("en")} token${number === 1 ? "" : "s"}`;

export function wire(health) {
  facts(find("help-settings"), SETTINGS.map(([label, help]) => [label, sentence(help)]));
  facts(find("help-meters"), COUNTERS.map(([label, help]) => [label, sentence(help)]));
  find("help-open").addEventListener("click", () => find("help-dialog").showModal());
  find("server-text").addEventListener("click", () => showModel(health()));
}

async function showModel(health) {
  const show = (model, version) =>
    facts(find("model-facts"), [
      ["Name", model?.id ?? health?.model ?? "not known yet"],
      ...(model ? describe(model) : []),
      ...(health?.device ? [["Runs on", `${health.device}, ${health.dtype}`]] : []),
      ["Server", `El Barto Serve ${version}`],
    ]);
  show(null, "");
  find("model-note").textContent = "";
  find("model-dialog").showModal();
  const model = await modelCard().catch(() => undefined);
  if (model === null) find("model-note").textContent = "The server tells more to clients with its API key, once the model is loaded.";
  if (model === undefined) find("model-note").textContent = "The server does not answer.";
  show(model, "");
  show(model, await serverVersion().catch(() => ""));
}

function describe(model) {
  return [
    ["Family", model.family],
    ["Context", tokens(model.max_model_len)],
    ["Block length", tokens(model.block_length)],
    ["Fills holes", model.infill_modes?.length ? `in ${tokens(model.infill_context)} of surrounding text` : "no"],
  ];
}
