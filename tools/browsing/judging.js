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

  // Words cut off: of a button, a label, a heading, a tab, a chip or a state, the text that reaches out of what it
  // stands in (and is hidden there, or drawn over what is beside it), out of the window, or over another's words;
  // and a word of letters that two lines share.
  // What can be scrolled to is there; what is drawn for a reader of the screen only is nobody's to see.
  cut() {
    const named = 'button, .btn, label, legend, th, summary, h1, h2, h3, dt, [role="tab"], .tabs a, .way a, '
      + '.desk-way a, .chip, .state, .entry-unit, .clock';
    const across = document.documentElement.clientWidth, styles = new Map(), found = [], drawn = [];
    const style = one => styles.get(one) || (styles.set(one, getComputedStyle(one)), styles.get(one));
    const hides = value => value === 'hidden' || value === 'clip';
    const scrolls = value => value === 'auto' || value === 'scroll';
    // What is wrong with a line of a text, and whether it stands apart from its neighbours: scrolled, floating, unseen.
    const wrongOf = (line, holder, target, box) => {
      const spare = line.height / 2;  // glyphs are taller than a dense line
      let within = true, floats = false;
      for (let around = holder; around && around !== document.body; around = around.parentElement) {
        const seen = style(around);
        if (seen.display !== 'inline' && (seen.overflowX !== 'visible' || seen.overflowY !== 'visible')) {
          const edge = around.getBoundingClientRect();
          if (edge.width <= 1 || edge.height <= 1) return [null, true];
          const beside = line.left < edge.left - 1 || line.right > edge.right + 1;
          const beyond = line.top < edge.top - spare || line.bottom > edge.bottom + spare;
          if ((beside && hides(seen.overflowX)) || (beyond && hides(seen.overflowY))
              || (hides(seen.overflowX) && seen.textOverflow === 'ellipsis' && around.scrollWidth > around.clientWidth))
            return [`hidden at ${Math.round(edge.right)} px`];
          if ((beside && scrolls(seen.overflowX)) || (beyond && scrolls(seen.overflowY))) {
            if (within) return ['must be scrolled to inside'];
            return [null, true];
          }
        }
        if (around === target) within = false;
        floats = floats || seen.position === 'sticky' || seen.position === 'fixed' || seen.position === 'absolute';
      }
      if (line.left < box.left - 1 || line.right > box.right + 1 || line.top < box.top - spare
          || line.bottom > box.bottom + spare) return ['drawn outside of its box'];
      if (line.left < -1 || line.right > across + 1) return ['drawn outside of the window'];
      return [null, floats];
    };
    // A word that begins on one line and ends on the next.
    const broken = text => {
      const word = document.createRange();
      for (const found of text.data.matchAll(/[A-Za-z]{3,}/g)) {
        word.setStart(text, found.index);
        word.setEnd(text, found.index + found[0].length);
        const [first, next] = [...word.getClientRects()].filter(one => one.width > 1);
        if (next && next.top >= first.bottom - 2) return `breaks the word "${found[0]}"`;
      }
      return null;
    };
    for (const target of document.querySelectorAll(named)) {
      if (!target.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
      const box = target.getBoundingClientRect();
      if (box.width <= 1 || box.height <= 1) continue;
      const walk = document.createTreeWalker(target, NodeFilter.SHOW_TEXT), range = document.createRange();
      let wrong = null;
      while (!wrong && walk.nextNode()) {
        const holder = walk.currentNode.parentElement;
        if (!walk.currentNode.data.trim() || holder.closest('select, option, textarea, svg, .visually-hidden')) continue;
        range.selectNodeContents(walk.currentNode);
        const lines = range.getClientRects();
        if (lines.length > 1) wrong = wrong || broken(walk.currentNode);
        for (const line of lines) {
          if (line.width <= 1) continue;
          const [said, apart] = wrongOf(line, holder, target, box);
          wrong = wrong || said;
          if (!said && !apart && holder.closest(named) === target) drawn.push([line, target]);
        }
      }
      if (wrong) found.push([target, wrong]);
    }
    // Words over words: from above to below, each with those that begin before it ends.
    drawn.sort(([one], [other]) => one.top - other.top);
    drawn.forEach(([line, target], number) => {
      for (let next = number + 1; next < drawn.length && drawn[next][0].top < line.bottom; next++) {
        const [other, beside] = drawn[next], least = Math.min(line.height, other.height) / 2;
        if (beside === target || beside.contains(target) || target.contains(beside)) continue;
        if (Math.min(line.bottom, other.bottom) - other.top > least
            && Math.min(line.right, other.right) - Math.max(line.left, other.left) > 2)
          found.push([target, `drawn over "${beside.textContent.trim().slice(0, 40)}"`]);
      }
    });
    return found.slice(0, 5).map(([target, wrong]) =>
      `<${target.tagName.toLowerCase()} class="${target.className}"> "${target.textContent.trim().replace(/\s+/g, ' ').slice(0, 60)}" ${wrong}`);
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
