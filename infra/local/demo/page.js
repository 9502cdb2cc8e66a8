/** What both pages use. Text from elsewhere is only ever put in as text. */

export const element = (id) => document.getElementById(id);

export function setState(state) {
  document.body.dataset.state = state;
}

export async function config() {
  return (await fetch("/demo/config.json")).json();
}

/** A call with a JSON answer; a refusal becomes an Error with the service's own sentence. */
export async function call(url, { method = "POST", authorization, body } = {}) {
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  if (authorization) headers.Authorization = authorization;
  const response = await fetch(url, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    const error = new Error(answer.errorDescription ?? `The service answered ${response.status}.`);
    error.code = answer.errorCode;
    throw error;
  }
  return answer;
}

/** Fills a list with names and values. */
export function fillList(list, entries) {
  list.replaceChildren(...entries.flatMap(([name, value]) => {
    const [term, text] = [document.createElement("dt"), document.createElement("dd")];
    term.textContent = name;
    text.textContent = typeof value === "object" ? JSON.stringify(value) : String(value);
    return [term, text];
  }));
}
