// What judging.py asks of a page. Put into it by the browser's driver, so that the page's own rules stay as they are.
window.judge = {
  // Waits until the page has been drawn in the size of its window: charts follow it by a script.
  drawn: () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done()))),

  // Elements that reach beyond the window, unless a box of their own scrolls them.
  wider() {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const scrolls = one => {
      for (let box = one.parentElement; box && box !== document.body; box = box.parentElement)
        if (getComputedStyle(box).overflowX !== 'visible') return true;
      return false;
    };
    const found = [...document.querySelectorAll('body *')]
      .filter(one => one.getBoundingClientRect().right > width + 1 && !scrolls(one))
      .map(one => `<${one.tagName.toLowerCase()} class="${one.className}"> ends at ${Math.round(one.getBoundingClientRect().right)} px`);
    return found.length ? found.slice(0, 5) : [`the page is ${document.documentElement.scrollWidth} px wide`];
  },

  // Top of the first row of a list, and how much of it must be seen.
  firstRow() {
    const row = document.querySelector('[data-total] ~ * .rows tbody tr, .list .rows tbody tr, [data-row]');
    if (!row) return null;
    const box = row.getBoundingClientRect();
    return [Math.round(box.top + window.scrollY), Math.round(Math.min(box.height, 40))];
  },

  // Text as people see it. What says by `lang` that it is in the other language is left out, and what is in
  // nobody's: names of people, identifiers in code, what somebody typed.
  texts(other) {
    const skip = `script, style, code, pre, kbd, samp, textarea, time, [data-name], .brand, [lang|="${other}"]`;
    const found = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const holder = walk.currentNode.parentElement, text = walk.currentNode.textContent.trim();
      if (text && !holder.closest(skip)) found.push(text);
    }
    const said = ['title', 'aria-label', 'placeholder', 'alt'];
    for (const one of document.querySelectorAll(said.map(name => `[${name}]`).join(', ')))
      if (!one.closest(skip))
        for (const name of said)
          if (one.getAttribute(name)) found.push(one.getAttribute(name).trim());
    return found;
  },

  async axe() {
    // Style sheets are not fetched a second time (preload): the one rule that wants them is about locked screens.
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const found = await axe.run(document,
      {resultTypes: ['violations'], preload: false, iframes: false, runOnly: {type: 'tag', values: tags}});
    const told = node => {
      const check = node.any[0] || node.all[0] || node.none[0] || {message: ''};
      return `${node.html.slice(0, 160)} ${check.message}`;
    };
    return found.violations.map(one => [one.impact, one.id, one.nodes.slice(0, 3).map(told)]);
  },
};
