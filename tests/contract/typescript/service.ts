// The simulator, and an address that receives callbacks.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Address of the simulator. */
export const baseUrl = process.argv[2] ?? "";
export const headers = { Authorization: "Bearer any" };

/** Fails with the value if the condition is false. */
export function check(condition: boolean, value: unknown): asserts condition {
  if (!condition) throw new Error(JSON.stringify(value));
}

/**
 * Sends each example as it stands. Returns their number. A persona, a voice and a cover can be made only once from the same source, so
 * a later example with this source is refused.
 */
export async function send(examples: Record<string, unknown[]>): Promise<number> {
  let count = 0;
  for (const [path, bodies] of Object.entries(examples)) {
    for (const body of bodies) {
      const request = { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(body) };
      const answer = await (await fetch(baseUrl + path, request)).json();
      const isSecond = /already (exists|generated)|not in valid status/.test(answer.msg);
      check(answer.code === 200 || isSecond, { path, body, answer });
      count += 1;
    }
  }
  return count;
}

/** Returns an address, and the body of its first callback for which `last` is true. */
export async function receive<Body>(last: (body: Body) => boolean): Promise<[string, Promise<Body>]> {
  const server = createServer();
  const received = new Promise<Body>((resolve) => {
    server.on("request", async (request, response) => {
      const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
      response.end();
      if (last(body)) resolve(body);
    });
  });
  server.unref();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return [`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, received];
}

/** Repeats a lookup until it returns a value, for 20 seconds at most. */
export async function poll<Found>(look: () => Promise<Found | undefined>): Promise<Found> {
  for (let count = 0; count < 100; count++) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("the task did not end in 20 seconds");
}
