"use strict";
// The list of releases: its filters, its order, and the report of one. Without this script the summary stands alone.
(() => {
  const at = (id) => document.getElementById(id);
  const data = JSON.parse(at("data").textContent);
  const { count, names, dates, columns, questions, rules, verdicts } = data;
  const disputed = new Set(data.disputed);
  const properties = questions.map((question, number) => ({ ...question, number })).filter((each) => each.kind === "property");
  const shownQuestions = (properties.length ? properties : questions.map((question, number) => ({ ...question, number }))).slice(0, 6);
  const CHUNK = 64;
  const NOTHING = "-";
  const SPARE = 12;
  const number = (value) => value.toLocaleString("en");

  // A text from the data is only ever put into the page as text.
  const make = (tag, attributes, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) if (value !== null && value !== undefined) node.setAttribute(name, value);
    node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return node;
  };
  const cell = (name, place) => columns[name].values[columns[name].rows[place]];
  const DISPUTED = "(weights disputed)";
  const licenceOf = (place) => [cell("license", place), disputed.has(place) ? DISPUTED : ""].filter(Boolean);
  const titleOf = (place) => names[place] || data.manifests[place];
  const levelOf = (question, place) => {
    const code = question.levels.charCodeAt(place) - 48;
    return code >= 0 ? code : -1;
  };
  const said = (level) => (level === "does-not-apply" ? "\u2013" : level);

  const tile = (question, level) => {
    if (level < 0) return make("span", {}, "");
    const word = question.scale[level];
    const inside = said(word) === word ? [word] : [make("span", { "aria-hidden": "true" }, said(word)), make("span", { class: "unseen" }, word)];
    return make("span", { class: `level shade-${question.shades[level]}`, title: `${question.title}: ${word}` }, ...inside);
  };

  // What the rows are looked for by ---------------------------------------------------------------------------------

  const texts = Array.from({ length: count }, (_, place) =>
    `${names[place]} ${data.manifests[place] || data.apart[place] || ""} ${cell("developer", place)} ${cell("license", place)}`.toLowerCase());
  const indexes = new Map();
  names.forEach((name, place) => {
    if (!indexes.has(name)) indexes.set(name, []);
    indexes.get(name).push(place);
  });

  const address = (place) => {
    const name = names[place];
    const same = name ? indexes.get(name) : [];
    const which = same.length === 1 ? "" : `&number=${place + 1}`;
    return `#release=${encodeURIComponent(name).replaceAll("%2F", "/")}${which}`;
  };
  const placeOf = (hash) => {
    const wanted = new URLSearchParams(hash.slice(1).replaceAll("+", "%2B"));
    const name = wanted.get("release");
    const place = Number(wanted.get("number")) - 1;
    if (wanted.has("number") && names[place] === name) return place;
    const same = indexes.get(name);
    return same ? same[0] : -1;
  };

  // Filters ---------------------------------------------------------------------------------------------------------

  const control = (name) => at(`f-${name}`);
  const words = ["verdict", "question", "level", "year", "developer", "family", "source", "vector", "rule", "outcome", "conflicts"];
  const form = at("filters");

  const fill = (name, options, all = "all") => {
    control(name).replaceChildren(make("option", { value: "" }, all), ...options.map(([value, text]) => make("option", { value }, text)));
  };
  const counted = (name) => {
    const found = new Map();
    columns[name].rows.forEach((value) => found.set(value, (found.get(value) || 0) + 1));
    return Array.from(found, ([value, times]) => [columns[name].values[value], times]);
  };
  const byCount = (one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1);
  const withCount = ([value, times]) => [value || NOTHING, `${value || "not stated"} (${number(times)})`];
  const countedSets = (name) => {
    const found = new Map();
    for (const [values, times] of counted(name)) for (const value of values) found.set(value, (found.get(value) || 0) + times);
    return Array.from(found).sort(byCount);
  };

  const years = () => {
    const found = new Map();
    dates.forEach((date) => found.set(date.slice(0, 4), (found.get(date.slice(0, 4)) || 0) + 1));
    const listed = Array.from(found).sort((one, other) => (one[0] < other[0] ? 1 : -1));
    const early = listed.filter(([year]) => year).slice(10);
    const sum = early.reduce((total, [, times]) => total + times, 0);
    const together = early.length > 1 ? [[`to-${early[0][0]}`, `until ${early[0][0]} (${number(sum)})`]] : [];
    return [...together, ...listed.map(withCount)];
  };

  const levels = () => {
    const question = questions[Number(control("question").value)];
    const scale = control("question").value && question ? question.scale : [];
    const before = control("level").value;
    fill("level", scale.map((level) => [level, level]), scale.length ? "any" : "choose a property first");
    control("level").disabled = !scale.length;
    set("level", before);
  };

  const outcomes = () => {
    const before = control("outcome").value;
    const wanted = control("rule").value;
    fill("outcome", wanted ? [["unmet", "not met"], ["undecided", "cannot be told"]] : [], wanted ? "both" : "choose a rule first");
    control("outcome").disabled = !wanted;
    set("outcome", before);
  };

  const set = (name, value) => {
    const select = control(name);
    select.value = value;
    if (select.selectedIndex < 0) select.value = "";
  };

  const sortings = [
    ["", "the order of the audit"],
    ["name", "name"],
    ["date", "date, earliest first"],
    ["-date", "date, latest first"],
    ["verdict", "verdict"],
    ["-blocking", "blocking findings, most first"],
    ...shownQuestions.flatMap((question) => [[`q${question.number}`, `${question.title}, strongest first`], [`-q${question.number}`, `${question.title}, weakest first`]]),
    ["license", "licence"],
  ];

  const prepare = () => {
    fill("verdict", verdicts.filter((word) => data.verdict.includes(String(verdicts.indexOf(word)))).map((word) => [word, word]));
    fill("question", questions.map((question, place) => [String(place), question.title]), "any");
    fill("year", years());
    fill("developer", counted("developer").sort(byCount).map(withCount));
    fill("family", counted("family").sort(byCount).map(withCount));
    fill("source", countedSets("sources").map(withCount));
    fill("vector", countedSets("vectors").map(withCount));
    at("field-vector").hidden = !countedSets("vectors").length;
    const open = new Map();
    const [unmet, undecided] = ["unmet", "undecided"].map((name) => new Map(countedSets(name)));
    for (const rule of [...unmet.keys(), ...undecided.keys()]) open.set(rule, (unmet.get(rule) || 0) + (undecided.get(rule) || 0));
    const inWords = (rule) => [[unmet, "not met"], [undecided, "cannot be told"]].filter(([counts]) => counts.has(rule)).map(([counts, words_]) => `${number(counts.get(rule))} ${words_}`).join(", ");
    fill("rule", Array.from(open).sort(byCount).map(([rule]) => [rules[rule].id, `${rules[rule].id} (${inWords(rule)})`]));
    control("sort").replaceChildren(...sortings.map(([value, text]) => make("option", { value }, text)));
    levels();
    outcomes();
  };

  // The address keeps the filters, so that a selection can be sent to somebody: #?year=2024&verdict=blocked
  const read = (hash) => {
    const wanted = new URLSearchParams(hash.slice(2));
    const asked = questions.findIndex((question) => question.id === wanted.get("question"));
    for (const name of words) if (name !== "level" && name !== "outcome") set(name, name === "question" ? String(asked) : wanted.get(name) || "");
    levels();
    set("level", wanted.get("level") || "");
    outcomes();
    set("outcome", wanted.get("outcome") || "");
    set("sort", wanted.get("sort") || "");
    control("text").value = wanted.get("text") || "";
  };
  const selection = () => {
    const wanted = new URLSearchParams();
    for (const name of words) {
      const value = control(name).value;
      if (value) wanted.set(name, name === "question" ? questions[Number(value)].id : value);
    }
    if (control("sort").value) wanted.set("sort", control("sort").value);
    if (control("text").value.trim()) wanted.set("text", control("text").value.trim());
    const query = wanted.toString();
    return query ? `#?${query}` : "#releases";
  };

  let fitting = [];

  const test = () => {
    const value = Object.fromEntries(words.map((name) => [name, control(name).value]));
    const sought = control("text").value.toLowerCase().split(/\s+/).filter(Boolean);
    const question = value.question ? questions[Number(value.question)] : null;
    const level = question && value.level ? question.scale.indexOf(value.level) : -1;
    const verdict = value.verdict ? String(verdicts.indexOf(value.verdict)) : "";
    const one = (name, wanted) => (wanted ? columns[name].values.indexOf(wanted === NOTHING ? "" : wanted) : -1);
    const developer = one("developer", value.developer);
    const family = one("family", value.family);
    const having = (name, wanted) => columns[name].values.map((values) => values.includes(wanted));
    const source = value.source ? having("sources", value.source) : null;
    const vector = value.vector ? having("vectors", value.vector) : null;
    const rule = rules.findIndex((each) => each.id === value.rule);
    const open = value.rule ? ["unmet", "undecided"].filter((name) => !value.outcome || name === value.outcome).map((name) => [columns[name].rows, having(name, rule)]) : null;
    const inYear = (date) => {
      if (value.year.startsWith("to-")) return date !== "" && date.slice(0, 4) <= value.year.slice(3);
      return date.slice(0, 4) === (value.year === NOTHING ? "" : value.year);
    };
    return (place) =>
      (!verdict || data.verdict[place] === verdict) &&
      (!question || (level >= 0 ? levelOf(question, place) === level : levelOf(question, place) >= 0)) &&
      (!value.year || inYear(dates[place])) &&
      (!value.developer || columns.developer.rows[place] === developer) &&
      (!value.family || columns.family.rows[place] === family) &&
      (!source || source[columns.sources.rows[place]]) &&
      (!vector || vector[columns.vectors.rows[place]]) &&
      (!open || open.some(([rows, fits]) => fits[rows[place]])) &&
      (!value.conflicts || data.conflicts[place] > 0) &&
      sought.every((word) => texts[place].includes(word));
  };

  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const keys = {
    name: (place) => titleOf(place),
    date: (place) => dates[place] || null,
    verdict: (place) => data.verdict[place],
    blocking: (place) => data.blocking[place],
    license: (place) => cell("license", place) || null,
  };
  const order = (places) => {
    const chosen = control("sort").value;
    if (!chosen) return places;
    const down = chosen.startsWith("-");
    const name = down ? chosen.slice(1) : chosen;
    const question = /^q\d+$/.test(name) ? questions[Number(name.slice(1))] : null;
    const key = question ? (place) => (levelOf(question, place) < 0 ? null : levelOf(question, place)) : keys[name];
    if (!key) return places;
    const values = new Map(places.map((place) => [place, key(place)]));
    const compare = (one, other) => (typeof one === "string" ? collator.compare(one, other) : one - other);
    // What is not stated comes last, whichever way.
    return places.sort((one, other) => {
      const [a, b] = [values.get(one), values.get(other)];
      if (a === null || b === null) return (a === null) - (b === null) || one - other;
      return (down ? -compare(a, b) : compare(a, b)) || one - other;
    });
  };

  // Rows ------------------------------------------------------------------------------------------------------------

  const box = at("window");
  const table = at("table");
  const body = at("rows");
  const gaps = [make("tr", { class: "gap", "aria-hidden": "true" }, make("td", {})), make("tr", { class: "gap", "aria-hidden": "true" }, make("td", {}))];
  let height = 0;
  let drawn = [-1, -1];
  let printing = false;

  const heads = [
    ["c-name", "Release", "name", "name"],
    ["c-verdict", "Verdict", "verdict", "verdict"],
    ["c-date", "Released", "-date", "date"],
    ...shownQuestions.map((question) => ["c-level", question.label, `q${question.number}`, `-q${question.number}`]),
    ["c-license", "Licence", "license", "license"],
    ["c-blocking", "Blocking", "-blocking", "-blocking"],
  ];

  const drawHeads = () => {
    const chosen = control("sort").value;
    at("heads").replaceChildren(
      ...heads.map(([kind, text, first, second]) => {
        const sorted = chosen && (chosen === first || chosen === second);
        const button = make("button", { type: "button" }, text);
        button.addEventListener("click", () => {
          const next = chosen === first ? second : chosen === second ? "" : first;
          set("sort", next === chosen ? "" : next);
          changed();
          const again = Array.from(at("heads").querySelectorAll("button")).find((each) => each.textContent === text);
          if (again) again.focus();
        });
        const direction = chosen.startsWith("-") ? "descending" : "ascending";
        return make("th", { scope: "col", role: "columnheader", class: kind, "aria-sort": sorted ? direction : null }, button);
      }),
    );
  };

  const rowOf = (index) => {
    const place = fitting[index];
    const verdict = verdicts[Number(data.verdict[place])];
    const link = make("a", { href: address(place), "data-index": index, title: titleOf(place) }, titleOf(place));
    const apart = data.apart[place] ? [make("span", { class: "apart", title: data.apart[place] }, data.apart[place])] : [];
    const licence = disputed.has(place)
      ? make("span", { class: "marked" }, make("span", {}, cell("license", place)), " ", make("span", {}, DISPUTED))
      : cell("license", place);
    const noted = data.conflicts[place] ? [make("span", { class: "chip" }, "conflict")] : [];
    return make(
      "tr",
      { role: "row", "aria-rowindex": index + 2 },
      make("th", { scope: "row", role: "rowheader", class: "c-name" }, make("span", { class: "called" }, link, ...apart, ...noted)),
      make("td", { role: "cell", class: "c-verdict" }, make("span", { class: `word verdict-${verdict}` }, verdict)),
      make("td", { role: "cell", class: "c-date" }, dates[place]),
      ...shownQuestions.map((question) => make("td", { role: "cell", class: "c-level" }, tile(question, levelOf(question, place)))),
      make("td", { role: "cell", class: "c-license", title: licenceOf(place).join(" ") || null }, licence),
      make("td", { role: "cell", class: "c-blocking" }, data.blocking[place] ? String(data.blocking[place]) : ""),
    );
  };

  const draw = (always = false) => {
    const head = table.tHead.offsetHeight;
    const first = printing ? 0 : Math.max(0, Math.floor((box.scrollTop - head) / (height || 44)) - SPARE);
    const many = Math.ceil(box.clientHeight / (height || 44)) + 2 * SPARE;
    const last = printing ? fitting.length : Math.min(fitting.length, first + many);
    if (!always && first === drawn[0] && last === drawn[1]) return;
    drawn = [first, last];
    const active = body.contains(document.activeElement) ? document.activeElement.dataset.index : null;
    const rows = [];
    for (let index = first; index < last; index += 1) rows.push(rowOf(index));
    gaps[0].firstChild.style.height = `${first * height}px`;
    gaps[1].firstChild.style.height = `${(fitting.length - last) * height}px`;
    // A row that goes away with the focus may have the browser lay out what is left of the table, and scroll there.
    const top = box.scrollTop;
    body.replaceChildren(gaps[0], ...rows, gaps[1]);
    if (box.scrollTop !== top) box.scrollTop = top;
    if (active !== null && active !== undefined) {
      const again = body.querySelector(`a[data-index="${active}"]`);
      (again || box).focus({ preventScroll: true });
    }
  };

  const measure = () => {
    const row = body.querySelector("tr:not(.gap)");
    const now = row ? row.getBoundingClientRect().height : 0;
    if (!printing && now && now !== height) {
      height = now;
      draw(true);
    }
  };

  // What is selected, in words: on paper the filters themselves are not shown.
  const told = () => {
    const chosen = ["text", ...words].filter((name) => control(name).value.trim()).map((name) => {
      const { options, selectedIndex, labels, value } = control(name);
      return `${labels[0].textContent}: ${options ? options[selectedIndex].textContent : value}`;
    });
    const sorted = control("sort").value ? [`Sorted by: ${control("sort").selectedOptions[0].textContent}`] : [];
    return [...chosen, ...sorted].join("; ");
  };

  const apply = () => {
    const fits = test();
    const places = [];
    for (let place = 0; place < count; place += 1) if (fits(place)) places.push(place);
    fitting = order(places);
    at("notice").hidden = true;
    at("nothing").hidden = fitting.length > 0 || !count;
    box.hidden = !fitting.length;
    at("hint").hidden = !fitting.length;
    table.setAttribute("aria-rowcount", String(fitting.length + 1));
    at("status").textContent = fitting.length === count ? `All ${number(count)} releases` : `${number(fitting.length)} of ${number(count)} releases`;
    at("selected").textContent = told();
    box.scrollTop = 0;
    drawHeads();
    draw(true);
    measure();
  };

  const changed = () => {
    apply();
    history.replaceState(null, "", selection());
  };

  const focusRow = (index) => {
    if (index < 0 || index >= fitting.length) return;
    const top = index * height;
    const head = table.tHead.offsetHeight;
    const room = box.clientHeight - head - height;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top > box.scrollTop + room) box.scrollTop = top - room;
    draw();
    const link = body.querySelector(`a[data-index="${index}"]`);
    if (link) link.focus({ preventScroll: true });
  };

  // One release -----------------------------------------------------------------------------------------------------

  const dialog = at("release");
  const sheet = at("sheet");
  const unpacked = new Map();
  let opened = -1;
  let asked = 0;

  const unpack = (part) => {
    if (!unpacked.has(part)) {
      const bytes = Uint8Array.from(atob(at(`part-${part}`).textContent.trim()), (character) => character.charCodeAt(0));
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
      unpacked.set(part, new Response(stream).json());
      if (unpacked.size > 20) unpacked.delete(unpacked.keys().next().value);
    }
    return unpacked.get(part);
  };

  const heading = (text) => make("h3", {}, text);
  const linked = (title, url) => (url ? make("a", { href: url, rel: "noopener noreferrer" }, title) : title);
  const cited = (sources, names_) =>
    names_.map((name) => {
      const [title, date, url, other] = sources[name] || [name, "", "", ""];
      return make("span", { class: "source" }, linked(title, url), other ? ` (${other})` : "", date ? `, ${date}` : sources[name] ? ", no date" : "");
    });
  const prose = (text) => text.split(/`([^`]+)`/).map((piece, place) => (place % 2 ? make("code", {}, piece) : piece));

  const answerOf = ([place, level, because, since, decided, items, more]) => {
    const question = questions[place];
    const shade = question.shades[question.scale.indexOf(level)] || "3";
    const by = decided ? `decided by ${decided}` : "";
    const told = [since ? `since ${since}` : "", by].filter(Boolean).join(", ");
    const each = items.length > 1 || more
      ? make("details", {}, make("summary", {}, `${number(items.length + more)} looked at`),
          make("ul", {}, ...items.map(([key, own, why]) => make("li", {}, make("b", {}, key), `: ${own}; ${why}`)), more ? make("li", {}, `and ${number(more)} more`) : ""))
      : "";
    return make("div", {},
      make("dt", {}, question.title),
      make("dd", { class: "answer" }, make("span", { class: `level shade-${shade}` }, level)),
      make("dd", {}, because),
      told ? make("dd", { class: "since" }, told) : "",
      each ? make("dd", {}, each) : "");
  };

  const answersOf = (release) => {
    const kinds = [["property", "Distinctive properties"], ["step", "Steps of the marginal-risk framework"], ["other", "Other questions"]];
    return kinds.flatMap(([kind, title]) => {
      const own = release.answers.filter(([place]) => questions[place].kind === kind);
      return own.length ? [heading(title), make("dl", { class: "answers" }, ...own.map(answerOf))] : [];
    });
  };

  const findingsOf = (release) => {
    const groups = new Map();
    for (const each of release.findings) {
      if (!groups.has(each[0])) groups.set(each[0], []);
      groups.get(each[0]).push(each);
    }
    if (!groups.size) return [heading("Findings"), make("p", {}, "No rule has a finding.")];
    const grave = ["error", "warning", "note"];
    const sorted = Array.from(groups).sort(([, one], [, other]) => other.some((each) => each[3]) - one.some((each) => each[3]) || grave.indexOf(one[0][2]) - grave.indexOf(other[0][2]));
    const cards = sorted.map(([place, found]) => {
      const rule = rules[place];
      const severity = found[0][2];
      const kind = grave.includes(severity) ? severity : "other";
      const waived = found.find((each) => each[6]);
      return make("article", { class: `finding ${kind}` },
        make("h4", {}, ...prose(rule.summary)),
        make("p", { class: "of" }, make("span", { class: `chip severity-${kind}` }, severity),
          found.some((each) => each[3]) ? make("span", { class: "chip" }, "blocks") : "",
          waived ? make("span", { class: "chip" }, `waived by ${waived[6]}`) : "", make("code", {}, rule.id)),
        make("ul", {}, ...found.map(([, outcome, , , message, name]) => make("li", {}, ...prose(message), outcome === "unknown" && !message.startsWith("cannot be") ? " (cannot be told)" : outcome === "error" ? " (the rule broke)" : "", name ? " " : "", name ? make("code", { class: "cites" }, name) : ""))),
        rule.remediation ? make("div", { class: "fix" }, make("b", {}, "How to meet it"), ...prose(rule.remediation)) : "",
        rule.rationale ? make("details", {}, make("summary", {}, "Why it is asked for"), make("p", {}, ...prose(rule.rationale)), make("ul", {}, ...rule.references.map(([title, url]) => make("li", {}, linked(title, url))))) : "");
    });
    return [heading(`Findings (${number(groups.size)} ${groups.size === 1 ? "rule" : "rules"})`), ...cards];
  };

  const tableOf = (kind, label, titles, rows) =>
    make("div", { class: "scroll", role: "region", "aria-label": label, tabindex: "0" },
      make("table", { class: kind }, make("thead", {}, make("tr", {}, ...titles.map((title) => make("th", { scope: "col" }, title)))), make("tbody", {}, ...rows)));

  const channelsOf = (release) => {
    if (!release.channels.length) return [heading("Channels"), make("p", {}, "No channel is described.")];
    const rows = release.channels.map(([id, kind, audience, gate, operator, isOpen, closed, from, until]) => {
      const state = closed === "yes" ? "closed" : isOpen === "yes" ? (closed === "no" ? "open" : "perhaps closed") : "not open yet";
      return make("tr", {}, make("th", { scope: "row" }, id), ...[kind, audience, gate, operator, state, from || "not stated", until || "-"].map((text) => make("td", {}, text)));
    });
    return [heading("Channels"), tableOf("plain", "Channels", ["Channel", "Kind", "Audience", "Gate", "Operator", "State", "From", "Until"], rows)];
  };

  const conflictsOf = (release) =>
    release.conflicts.length
      ? [heading("Where sources disagree"), make("ul", { class: "conflicts" }, ...release.conflicts.map(([name, claims]) =>
          make("li", {}, make("p", { class: "of" }, make("code", {}, name)),
            make("dl", { class: "claims" }, ...claims.map(([value, names_, note]) =>
              make("div", {}, make("dt", {}, value), make("dd", {}, ...(names_.length ? cited(release.sources, names_) : ["no source"]), note ? make("span", { class: "remark" }, note) : "")))))))]
      : [];

  const factsOf = (release) => {
    const rows = release.facts.map(([name, value, names_, note]) =>
      make("tr", {}, make("th", { scope: "row" }, make("code", {}, name)), make("td", {}, value),
        make("td", { class: "cites" }, ...cited(release.sources, names_), note ? make("span", { class: "remark" }, note) : "")));
    const more = release.more ? [make("p", { class: "more" }, `and ${number(release.more)} more facts; the ledger has them all`)] : [];
    return [heading("Facts and their sources"), tableOf("facts", "Facts", ["Fact", "Value", "Source and note"], rows), ...more];
  };

  const listed = (title, texts_) => (texts_.length ? [heading(title), make("ul", {}, ...texts_.map((text) => make("li", {}, text)))] : []);

  const reportOf = (release) => {
    if (release.errors) return [make("p", {}, "It could not be reviewed:"), make("ul", {}, ...release.errors.map((text) => make("li", {}, text))), make("p", { class: "cites" }, make("code", {}, release.manifest))];
    const told = Object.entries(release.counts).filter(([, times]) => times).map(([word, times]) => `${number(times)} ${word}`);
    return [
      make("p", { class: "counts" }, `Rules: ${told.join(", ")}`),
      make("dl", { class: "record" }, ...release.record.map(([name, text]) => make("div", { class: text.length > 60 ? "long" : null }, make("dt", {}, name), make("dd", {}, text)))),
      ...answersOf(release),
      ...conflictsOf(release),
      ...channelsOf(release),
      ...findingsOf(release),
      ...factsOf(release),
      ...listed("Notes of the import", release.notes),
    ];
  };

  const toolsOf = (place) => {
    const index = fitting.indexOf(place);
    const step = (text, next) => {
      const button = make("button", { type: "button" }, text);
      button.disabled = next < 0 || next >= fitting.length || index < 0;
      button.addEventListener("click", () => {
        history.replaceState(null, "", address(fitting[next]));
        open(fitting[next]);
      });
      return button;
    };
    const close = make("button", { type: "button", class: "close" }, "Close");
    close.addEventListener("click", () => dialog.close());
    return make("div", { class: "tools" }, step("Previous", index - 1), step("Next", index + 1), close);
  };

  const open = async (place) => {
    const ticket = (asked += 1);
    opened = place;
    const verdict = verdicts[Number(data.verdict[place])];
    const title = make("h2", { id: "release-title", tabindex: "-1" }, titleOf(place));
    sheet.replaceChildren(toolsOf(place), title, make("p", { class: `verdict verdict-${verdict}` }, verdict));
    document.body.classList.add("opened");
    dialog.setAttribute("aria-labelledby", title.id);
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    title.focus({ preventScroll: true });
    let content;
    try {
      content = reportOf((await unpack(Math.floor(place / CHUNK)))[place % CHUNK]);
    } catch {
      content = [make("p", {}, "This browser cannot unpack the report of this release; the other formats have it.")];
    }
    if (ticket === asked) {
      sheet.append(...content);
      sheet.dataset.shown = String(place);
    }
  };

  dialog.addEventListener("close", () => {
    document.body.classList.remove("opened");
    delete sheet.dataset.shown;
    asked += 1;
    const index = fitting.indexOf(opened);
    opened = -1;
    if (location.hash.startsWith("#release=")) history.replaceState(null, "", selection());
    if (index >= 0) focusRow(index);
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });

  // Addresses -------------------------------------------------------------------------------------------------------

  // The name comes from whoever wrote the address: it is cut, and what does not show is left out.
  const missing = (name) => {
    if (dialog.open) dialog.close();
    const shown = name.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, "\ufffd");
    const short = shown.length > 100 ? `${shown.slice(0, 100)}...` : shown;
    at("notice").textContent = `The address names the release "${short}", which is not in this list. The search finds a part of a name, too.`;
    at("notice").hidden = false;
    at("releases").scrollIntoView();
  };

  const follow = () => {
    const { hash } = location;
    if (hash.startsWith("#release=")) {
      const place = placeOf(hash);
      if (place >= 0) open(place);
      else missing(new URLSearchParams(hash.slice(1).replaceAll("+", "%2B")).get("release") || "");
      return;
    }
    if (dialog.open) dialog.close();
    if (hash.startsWith("#?")) {
      read(hash);
      apply();
      at("releases").scrollIntoView();
    } else if (hash) {
      const target = at(hash.slice(1));
      if (target) target.scrollIntoView();
    }
  };

  let waiting = 0;
  form.addEventListener("input", (event) => {
    if (event.target === control("question")) levels();
    if (event.target === control("rule")) outcomes();
    // A search waits until nobody types for a moment; a choice is carried out at once.
    clearTimeout(waiting);
    if (event.target === control("text")) waiting = setTimeout(changed, 80);
    else changed();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  control("reset").addEventListener("click", () => {
    form.reset();
    levels();
    outcomes();
    changed();
    control("text").focus();
  });
  box.addEventListener("scroll", () => draw());
  box.addEventListener("keydown", (event) => {
    const own = event.target.dataset.index;
    const page = Math.max(1, Math.floor(box.clientHeight / (height || 44)) - 2);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -count, End: count };
    if (!(event.key in steps) || event.target.closest("thead")) return;
    event.preventDefault();
    const next = own === undefined ? drawn[0] + (event.key === "End" ? count : 0) : Number(own) + steps[event.key];
    focusRow(Math.min(Math.max(next, 0), fitting.length - 1));
  });
  addEventListener("hashchange", follow);
  addEventListener("resize", () => {
    measure();
    draw();
  });

  const toPaper = (isPaper) => {
    if (printing === isPaper) return;
    printing = isPaper;
    for (const details of document.querySelectorAll(isPaper ? "details:not([open])" : "details[data-closed]")) {
      details.open = isPaper;
      if (isPaper) details.dataset.closed = "";
      else delete details.dataset.closed;
    }
    draw(true);
    measure();
  };
  addEventListener("beforeprint", () => toPaper(true));
  addEventListener("afterprint", () => toPaper(false));
  matchMedia("print").addEventListener("change", (event) => toPaper(event.matches));

  // The latest years are what most want to see: where there is no room for all, the earlier ones are scrolled away.
  const sideways = () => {
    for (const hint of document.querySelectorAll(".sideways")) {
      const region = hint.nextElementSibling;
      const isWider = region.scrollWidth > region.clientWidth;
      hint.classList.toggle("fits", region.clientWidth > 0 && !isWider);
    }
  };
  addEventListener("resize", sideways);
  for (const details of document.querySelectorAll("details")) details.addEventListener("toggle", sideways);

  sideways();
  for (const matrix of document.querySelectorAll(".matrix")) matrix.parentElement.scrollLeft = matrix.scrollWidth;
  prepare();
  at("list").hidden = false;
  apply();
  if (location.hash) follow();
})();
