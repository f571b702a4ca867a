// The field for a JSON schema that replies must follow.

const find = (id) => document.getElementById(id);

// The request's fields; throws an Error with words for the field if its text is not JSON.
export function read() {
  const text = find("schema").value.trim();
  if (!text) return {};
  let schema;
  try {
    schema = JSON.parse(text);
  } catch (error) {
    throw new Error(`This is not JSON: ${error.message}`);
  }
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) throw new Error('A JSON schema is an object, such as {"type": "object"}.');
  return { response_format: { type: "json_schema", json_schema: { name: "reply", schema } } };
}

export function fill(request) {
  const schema = request.response_format?.json_schema?.schema;
  find("schema").value = schema === undefined ? "" : JSON.stringify(schema, null, 2);
}

export function complain(text) {
  find("schema-problem").textContent = text;
  find("schema-problem").hidden = !text;
  if (!text) return find("schema").removeAttribute("aria-invalid");
  find("schema").setAttribute("aria-invalid", "true");
  find("settings").open = true;
  find("schema").focus();
}
