// What the page asks of its server: the state, whether it changed, and to do something.

/** The server is gone or does not make sense; the page says so and tries again. */
export class Unreachable extends Error {}

async function asked(path, init) {
  let answer;
  try {
    answer = await fetch(path, { cache: "no-store", credentials: "same-origin", ...init });
  } catch (error) {
    throw new Unreachable(String(error));
  }
  try {
    return [answer, await answer.json()];
  } catch (error) {
    throw new Unreachable(`${answer.status}: ${error}`);
  }
}

/** All that this person sees; without a person the server names the one to begin with. */
export async function state(as) {
  const [answer, found] = await asked(as ? `/api/state?as=${encodeURIComponent(as)}` : "/api/state");
  if (answer.ok) return found;
  if (as) return state("");
  throw new Unreachable(found.problem ?? `${answer.status}`);
}

/** Waits until the state is no longer the one of this version, or until the server's patience ends. */
export async function changed(version) {
  const [answer, found] = await asked(`/api/changes?after=${encodeURIComponent(version)}`);
  if (!answer.ok) throw new Unreachable(`${answer.status}`);
  return found.version !== version;
}

/** Does it; the answer is `{ok, problem, …}` whatever happens, so that callers have one way to tell people. */
export async function act(as, what) {
  try {
    const [, found] = await asked("/api/do", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ as, ...what }),
    });
    return found.ok ? found : { ...found, ok: false, problem: found.problem || "The sandbox refused that." };
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    return { ok: false, problem: "The sandbox's server does not answer; nothing was sent." };
  }
}
