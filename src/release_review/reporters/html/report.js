"use strict";
// Filters, and nothing else: without this script the page shows everything that it has.
(() => {
  const form = document.getElementById("filters");
  if (!form) return;
  const words = ["severity", "outcome", "policy"];
  const control = (name) => document.getElementById(`filter-${name}`);
  const search = control("text");
  const lifted = control("lifted");
  const status = control("status");
  const findings = Array.from(document.querySelectorAll(".finding"), (node) => {
    const rule = node.closest(".rule");
    return { node, rule, text: `${rule.querySelector("header").textContent} ${node.textContent}`.toLowerCase() };
  });
  const rules = Array.from(document.querySelectorAll(".rule"));
  const groups = Array.from(document.querySelectorAll(".group"));

  // The address keeps the filters, so that a selection can be sent to somebody: #?severity=error&text=review
  const read = () => {
    const wanted = new URLSearchParams(location.hash.slice(2));
    for (const name of words) {
      const select = control(name);
      select.value = wanted.get(name) || "";
      if (select.selectedIndex < 0) select.value = "";
    }
    search.value = wanted.get("text") || "";
    if (lifted) lifted.checked = wanted.get("lifted") !== "no";
  };

  const write = () => {
    const wanted = new URLSearchParams();
    for (const name of words) if (control(name).value) wanted.set(name, control(name).value);
    if (search.value.trim()) wanted.set("text", search.value.trim());
    if (lifted && !lifted.checked) wanted.set("lifted", "no");
    const query = wanted.toString();
    history.replaceState(null, "", query ? `#?${query}` : "#");
  };

  const apply = () => {
    const sought = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { node, text } of findings) {
      const fits =
        words.every((name) => !control(name).value || node.dataset[name] === control(name).value) &&
        (!lifted || lifted.checked || node.dataset.state === "open") &&
        sought.every((word) => text.includes(word));
      node.hidden = !fits;
      shown += fits;
    }
    const all = shown === findings.length;
    for (const rule of rules) rule.hidden = !all && !rule.querySelector(".finding:not([hidden])");
    for (const group of groups) group.hidden = !all && !group.querySelector(".rule:not([hidden])");
    status.textContent = all ? `All ${findings.length} findings` : `${shown} of ${findings.length} findings`;
  };

  const reset = () => {
    form.reset();
    apply();
  };

  // A link may lead to what a filter hides: then the filters give way.
  const follow = () => {
    if (location.hash.startsWith("#?")) {
      read();
      apply();
      return;
    }
    const target = document.getElementById(location.hash.slice(1));
    if (!target) return;
    if (target.closest("[hidden]")) reset();
    for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    target.scrollIntoView();
  };

  form.addEventListener("input", () => {
    apply();
    write();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  control("reset").addEventListener("click", () => {
    reset();
    write();
    search.focus();
  });
  addEventListener("hashchange", follow);
  addEventListener("beforeprint", () => {
    for (const box of document.querySelectorAll("details:not([open])")) {
      box.open = true;
      box.dataset.closed = "";
    }
  });
  addEventListener("afterprint", () => {
    for (const box of document.querySelectorAll("details[data-closed]")) {
      box.open = false;
      delete box.dataset.closed;
    }
  });

  form.hidden = false;
  reset();
  if (location.hash) follow();
})();
