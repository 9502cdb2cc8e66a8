import { ask, Refusal } from "../common/backend.js";
import { button, h } from "../common/dom.js";
import { moment } from "../common/format.js";
import { icon } from "../common/icons.js";
import { confirmed, loaded } from "./loaded.js";
import type { Phone } from "./phone.js";
import { words } from "./words.js";

interface Device {
  id: string;
  name: string;
  since: string;
  lastUsed?: string;
}

interface Devices {
  phone: Phone;
  back(): void;
  /** This phone was removed. */
  left(): void;
  fail(code: string): void;
}

/** Everything that can approve in the person's name. */
export function devicesView({ phone, back, left, fail }: Devices): Node[] {
  const list = loaded(
    () => ask<{ devices: Device[] }>("GET", "phone/devices"),
    ({ devices }) => {
      const entries = devices.map((device) => entry(device, phone, left, fail));
      return [h("ul", { class: "entries" }, ...entries)];
    },
    fail,
  );
  const { title, text } = words.devices;
  return [
    h(
      "section",
      { class: "panel wide" },
      h("h1", {}, title),
      h("p", { class: "soft" }, text),
      list,
      button(words.back, back, "plain"),
    ),
  ];
}

function entry(device: Device, phone: Phone, left: () => void, fail: (code: string) => void): HTMLElement {
  const { devices } = words;
  const isThis = device.id === phone.credential?.credentialId;
  const foot = h("div", { class: "foot" });
  const rest = () =>
    foot.replaceChildren(button(devices.remove, sure, "quiet", { "aria-label": `${devices.remove}: ${device.name}` }));
  const sure = () => {
    const yes = button(devices.yes, () => void remove(), "danger", { "data-testid": "remove" });
    confirmed(foot, devices.sure(device.name), yes, button(devices.no, rest, "plain"));
  };
  const remove = async () => {
    try {
      if (isThis) {
        await phone.leave();
        return left();
      }
      await ask("DELETE", `phone/devices/${encodeURIComponent(device.id)}`);
      return item.remove();
    } catch (error) {
      return fail(error instanceof Refusal ? error.code : "defect");
    }
  };
  rest();
  const times = [devices.since(moment(device.since)), device.lastUsed ? devices.used(moment(device.lastUsed)) : ""];
  const item = h(
    "li",
    {},
    h("span", { class: "mark" }, icon("phone")),
    h(
      "div",
      {},
      h("b", {}, device.name),
      h("p", { class: "soft small" }, times.filter(Boolean).join(" · ")),
      ...(isThis ? [h("span", { class: "tag on" }, devices.here)] : []),
      foot,
    ),
  );
  return item;
}
