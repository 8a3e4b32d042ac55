// Requests to the API, and the small things that all parts of the page need.

let key = "";
let tellKeyNeeded = () => {};

export const byId = (id) => document.getElementById(id);

/** `told` runs whenever a key is missing or, with true, is wrong. */
export function onKeyNeeded(told) {
  tellKeyNeeded = told;
}

/** Kept in this variable and nowhere else. */
export function setKey(value) {
  key = value;
}

/** Fetches from the API; throws an Error with the API's own words. */
export async function request(path, options = {}) {
  const headers = {...options.headers};
  if (key) headers.Authorization = `Bearer ${key}`;
  const response = await fetch(`api/v1/${path}`, {...options, headers});
  if (response.ok) return response;
  if (response.status === 401) tellKeyNeeded(key !== "");
  const document = await response.json().catch(() => ({}));
  throw new Error(document.error?.message ?? `The answer was ${response.status}.`);
}

export async function getJson(path) {
  return (await request(path)).json();
}

export async function postJson(path, body) {
  const headers = {"Content-Type": "application/json"};
  return (await request(path, {method: "POST", headers, body})).json();
}

export function show(output, text, isGood = false) {
  output.textContent = text;
  output.className = isGood ? "good" : "bad";
}

/** An element with text, which is never read as HTML. */
export function element(name, text = "", className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

/** A time as the page shows it. */
export function clock(ms) {
  return new Date(ms).toLocaleTimeString();
}
