// Runs the checks of a script beside this file, and prints their errors as one JSON object.
export const code = "Write a function that checks if a number is even.";
export const question = "What is the weather in Paris?";
export const url = process.argv[2];

export function assert(condition, message) {
  if (!condition) throw new Error(message);
}

// `checks` has functions by name; the name is what the table shows.
export async function run(checks) {
  const seen = {};
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check();
      seen[name] = null;
    } catch (error) {
      seen[name] = `${error?.constructor?.name}: ${error?.message ?? error}`;
    }
  }
  console.log(JSON.stringify(seen));
  process.exit(0);
}
