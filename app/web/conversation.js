// The turns before the prompt, if it is a follow-up: messages as the API has them.

const find = (id) => document.getElementById(id);
let turns = [];

export const get = () => turns;

export function set(messages) {
  turns = messages;
  find("conversation").hidden = !turns.length;
  find("turns").replaceChildren(
    ...turns.map(({ role, content }) => {
      const item = document.createElement("li");
      item.className = role;
      item.textContent = content.replace(/^```\w*\n/, "");
      return item;
    }),
  );
}
