// The form that publishes.

import {byId, postJson, show} from "./api.js";

/** The request's body. The JSON of a message goes as it was typed. */
function publicationOf(target, name, kind, message) {
  const to = target === "all" ? '"all":true' : `"${target}":${JSON.stringify(name)}`;
  if (kind === "text") return `{${to},"text":${JSON.stringify(message)}}`;
  JSON.parse(message);
  return `{${to},"data":${message}}`;
}

async function publish() {
  const result = byId("publish-result");
  const [target, kind] = [byId("target").value, byId("kind").value];
  let body = "";
  show(result, "");  // what it says is about the last one only
  try {
    body = publicationOf(target, byId("target-name").value, kind, byId("message").value);
  } catch (error) {
    return show(result, `This is not JSON: ${error.message}`);
  }
  try {
    const {id} = await postJson("publish", body);
    show(result, id ? `Published as ${id}` : "Published", true);
  } catch (error) {
    show(result, error.message);
  }
}

export function startPublishing() {
  const target = byId("target");
  target.addEventListener("change", () => {
    const isNamed = target.value !== "all";
    byId("target-name-label").hidden = !isNamed;
    byId("target-name").required = isNamed;
  });
  byId("publish").addEventListener("submit", (event) => {
    event.preventDefault();
    publish();
  });
}
