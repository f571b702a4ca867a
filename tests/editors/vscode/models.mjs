// The model servers of the tests: the fake one of tests/lsp, and the real one with the embedded model.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { cleanEnvironment, ended, freePort, python, repository, until } from "./tools.mjs";

/** The fake model server, which model.py runs. */
export class FakeModel {
  static async start() {
    const process_ = spawn(python, [join(import.meta.dirname, "model.py")], { stdio: ["pipe", "pipe", "inherit"] });
    const model = new FakeModel();
    model.process = process_;
    model.lines = createInterface({ input: process_.stdout })[Symbol.asyncIterator]();
    model.url = (await model.read()).url;
    return model;
  }

  async read() {
    const { value, done } = await this.lines.next();
    if (done) throw new Error("the fake model server has ended");
    return JSON.parse(value);
  }

  async order(order) {
    this.process.stdin.write(`${JSON.stringify(order)}\n`);
    const answer = await this.read();
    if (answer.error) throw new Error(answer.error);
    return answer;
  }

  set(values) {
    return this.order({ set: values });
  }

  records() {
    return this.order({ records: true });
  }

  async stop() {
    this.process.stdin.end();
    await ended(this.process);
  }
}

/** `python -m app serve` with the embedded model. After a stop it can be started again, on the same port. */
export class RealModel {
  static async start() {
    const model = new RealModel();
    model.port = await freePort();
    model.url = `http://127.0.0.1:${model.port}`;
    await model.start();
    return model;
  }

  async start() {
    const settings = { ELBARTO_HOST: "127.0.0.1", ELBARTO_PORT: String(this.port), ELBARTO_MODEL_PATH: "", ELBARTO_API_KEY: "" };
    this.log = "";
    this.process = spawn(python, ["-m", "app", "serve"], {
      cwd: repository,
      env: cleanEnvironment({ ...settings, ELBARTO_CONFIG: "" }),
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.process.stdout, this.process.stderr]) stream.on("data", (data) => (this.log += data));
    await until("the model server is ready", () => this.isReady(), 120);
  }

  async isReady() {
    if (this.process.exitCode !== null) throw new Error(`the model server has ended:\n${this.log}`);
    return fetch(`${this.url}/health`).then(({ ok }) => ok, () => false);
  }

  async stop() {
    this.process.kill("SIGTERM");
    await ended(this.process);
  }
}
