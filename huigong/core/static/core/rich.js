/* The editor over a plain textarea (core.richforms): pell's buttons, our names, links and pictures.
   Without this script, or in a browser that cannot, the textarea stays and every line is a paragraph. */
(function () {
  "use strict";

  const BUTTONS = [
    { name: "标题", command: "formatBlock", value: "<h3>", on: "h3", off: "<p>" },
    { name: "粗体", command: "bold", state: "bold" },
    { name: "列表", command: "insertUnorderedList", state: "insertUnorderedList" },
    { name: "编号", command: "insertOrderedList", state: "insertOrderedList" },
    { name: "引用", command: "formatBlock", value: "<blockquote>", on: "blockquote", off: "<p>" },
  ];

  function start(textarea) {
    const box = document.createElement("div");
    box.className = "u-editor";
    const sent = document.createElement("input");
    sent.type = "hidden";
    sent.name = textarea.name + "-html";
    sent.value = textarea.getAttribute("data-rich");
    textarea.hidden = true;
    textarea.parentNode.insertBefore(box, textarea);
    textarea.parentNode.insertBefore(sent, textarea);
    const label = document.querySelector('label[for="' + textarea.id + '"]');
    const tools = tools_of(textarea, box);
    pell.init({
      element: box,
      defaultParagraphSeparator: "p",
      onChange: (html) => { sent.value = html; },
      actions: BUTTONS.map(action).concat(tools.actions),
      classes: { actionbar: "u-editor__bar", button: "u-editor__act", content: "u-editor__text u-rich", selected: "is-on" },
    });
    const content = box.content;
    content.innerHTML = sent.value;
    content.setAttribute("role", "textbox");
    content.setAttribute("aria-multiline", "true");
    content.setAttribute("aria-label", label ? label.textContent.trim() : "");
    content.setAttribute("data-placeholder", textarea.placeholder.replace("每一行是一段。", ""));
    if (textarea.getAttribute("aria-describedby")) content.setAttribute("aria-describedby", textarea.getAttribute("aria-describedby"));
    if (textarea.getAttribute("aria-invalid")) content.setAttribute("aria-invalid", "true");
    if (label) label.addEventListener("click", () => content.focus());
    content.addEventListener("paste", (event) => paste(event));
    const bar = box.querySelector(".u-editor__bar");
    bar.setAttribute("role", "toolbar");
    bar.setAttribute("aria-label", "排版");
    bar.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the words selected
    document.addEventListener("selectionchange", () => mark(bar, content));
    if (tools.layer) box.insertBefore(tools.layer, content);
  }

  function action(button) {
    return {
      icon: button.name,
      title: button.name,
      result: () => {
        const undo = button.on && document.queryCommandValue("formatBlock") === button.on;
        return pell.exec(button.command, undo ? button.off : button.value);
      },
    };
  }

  // Which of the buttons hold for the words under the cursor.
  function mark(bar, content) {
    if (!content.contains(document.getSelection().anchorNode)) return;
    BUTTONS.forEach((button, place) => {
      const on = button.state ? document.queryCommandState(button.state) : document.queryCommandValue("formatBlock") === button.on;
      bar.children[place].classList.toggle("is-on", on);
      bar.children[place].setAttribute("aria-pressed", String(on));
    });
  }

  // What comes from a word processor comes as words; the server would throw its dress away anyway.
  function paste(event) {
    const text = event.clipboardData && event.clipboardData.getData("text/plain");
    if (!text) return;
    event.preventDefault();
    const lines = text.split(/\r?\n/).filter((line) => line.trim());
    pell.exec("insertHTML", lines.length > 1 ? lines.map((line) => "<p>" + escaped(line) + "</p>").join("") : escaped(lines[0] || ""));
  }

  function escaped(text) {
    const span = document.createElement("span");
    span.textContent = text;
    return span.innerHTML;
  }

  // Links are asked for in a row below the buttons; pictures are sent away and put in where the cursor was.
  function tools_of(textarea, box) {
    let place = null;
    const keep = () => {
      const selection = document.getSelection();
      place = selection.rangeCount && box.content.contains(selection.anchorNode) ? selection.getRangeAt(0) : null;
    };
    const back = () => {
      box.content.focus();
      if (!place) return;
      const selection = document.getSelection();
      selection.removeAllRanges();
      selection.addRange(place);
    };
    const layer = document.createElement("div");
    layer.className = "u-editor__link";
    layer.hidden = true;
    layer.innerHTML = '<input type="url" inputmode="url" placeholder="https://" aria-label="链接地址"><button type="button" class="u-editor__act">加上</button>';
    const address = layer.firstChild;
    const link = () => {
      layer.hidden = true;
      back();
      const url = address.value.trim();
      if (!/^(https?:\/\/|tel:|\/)\S+$/.test(url)) return;
      if (place && !place.collapsed) pell.exec("createLink", url);
      else pell.exec("insertHTML", '<a href="' + escaped(url).replace(/"/g, "%22") + '">' + escaped(url) + "</a>");
    };
    layer.lastChild.addEventListener("click", link);
    address.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      link();
    });
    const actions = [{
      icon: "链接", title: "链接",
      result: () => { keep(); layer.hidden = !layer.hidden; address.value = "https://"; if (!layer.hidden) address.focus(); return false; },
    }];
    const target = textarea.getAttribute("data-pictures");
    if (target) actions.push({ icon: "图片", title: "图片", result: () => { keep(); choose(target, textarea, back); return false; } });
    return { actions: actions, layer: layer };
  }

  function choose(target, textarea, back) {
    const file = document.createElement("input");
    file.type = "file";
    file.accept = "image/*";
    file.addEventListener("change", () => {
      if (!file.files.length) return;
      const body = new FormData();
      body.append("picture", file.files[0]);
      const token = textarea.form.elements.csrfmiddlewaretoken.value;
      fetch(target, { method: "POST", body: body, headers: { "X-CSRFToken": token }, credentials: "same-origin" })
        .then((answer) => answer.json())
        .then((answer) => {
          if (answer.error) throw new Error(answer.error);
          back();
          pell.exec("insertHTML", '<p><img src="' + answer.url + '" alt="' + escaped(answer.name).replace(/"/g, "") + '"></p><p><br></p>');
        })
        .catch((error) => say(textarea, error instanceof SyntaxError || error instanceof TypeError ? "图片没有传上去，请检查网络后再试。" : error.message));
    });
    file.click();
  }

  function say(textarea, sentence) {
    const cell = textarea.parentNode;
    const old = cell.querySelector(".u-editor__said");
    if (old) old.remove();
    const said = document.createElement("p");
    said.className = "u-err u-editor__said";
    said.setAttribute("role", "alert");
    said.textContent = sentence;
    cell.appendChild(said);
  }

  if (!window.pell || !document.execCommand || !window.fetch) return;
  document.querySelectorAll("textarea[data-rich]").forEach(start);
})();
