/** The page in a browser: nothing requested, nothing complained about, sorted, enlarged, saved, in both themes and on a phone. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { htmlOf } from '../../src/report/html.js';
import { Browser, findBrowser } from '../support/browser.js';
import { hostile } from './plot-samples.js';
import { sampleReport } from './sample.js';

describe('the page', () => {
  it('is the same every time', async () => {
    expect(htmlOf(await sampleReport())).toBe(htmlOf(await sampleReport()));
  });

  it('holds no tag, script or address that a name brought in', async () => {
    const html = htmlOf(await sampleReport());
    expect(html).not.toContain('<script>alert');
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).not.toMatch(/(?:src|href)="(?!#|data:,")/);
    expect(html).not.toMatch(/url\((?!#)/);
    expect(html).not.toContain('\u202e');
  });
});

const command = findBrowser();
// On CI a browser is part of what is tested: there its absence fails.
const isOptional = command === undefined && process.env.CI === undefined;

describe.skipIf(isOptional)('in a browser (skipped where no Chromium is installed, except on CI)', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'axoc-page-'));
  let browser: Browser;
  beforeAll(async () => {
    if (command === undefined) throw new Error('no Chromium: apt-get install chromium');
    const file = path.join(directory, 'report.html');
    writeFileSync(file, htmlOf(await sampleReport()));
    browser = new Browser(command);
    await browser.open(file, { width: 1200, height: 900 });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('shows names as text', async () => {
    const shown = hostile.replace('\u0001', '\ufffd').replace('\u202e', '\ufffd');
    expect(await browser.evaluate<string>("document.querySelector('.notice').textContent")).toBe(shown);
    expect(await browser.evaluate<string>("document.querySelector('pre').textContent")).toBe(
      `line 1 ${shown}\n  line 2 </pre></script>`,
    );
  });

  it('sorts tables by a click, numbers as numbers, what is missing last', async () => {
    const column = (index: number): Promise<readonly string[]> =>
      browser.evaluate(`[...document.querySelectorAll('tbody tr')].map((row) => row.cells[${index}].textContent)`);
    const click = (index: number): Promise<unknown> =>
      browser.evaluate(`document.querySelectorAll('button.sort')[${index}].click()`);
    await click(1);
    expect(await column(1)).toEqual(['4.0', '3.0', '2.0', '2.0', '1.0', '0.0', '0.0', '–'].toSorted(byNumber));
    await click(1);
    expect((await column(1))[0]).toBe('–');
    await click(0);
    const names = await column(0);
    expect(names).toEqual(names.toSorted((a, b) => a.localeCompare(b)));
  });

  it('enlarges a figure and puts it back', async () => {
    const svgs = (): Promise<number> => browser.evaluate("document.querySelectorAll('section figure svg').length");
    const before = await svgs();
    await browser.evaluate("document.querySelector('figure .enlarge').click()");
    expect(await browser.evaluate("document.querySelector('dialog').open")).toBe(true);
    expect(await svgs()).toBe(before - 1);
    const width = await browser.evaluate<number>("document.querySelector('dialog svg').getBoundingClientRect().width");
    expect(width).toBeGreaterThan(900);
    await browser.evaluate("document.getElementById('close').click()");
    await expect.poll(svgs).toBe(before);
  });

  it('zooms an enlarged figure by the wheel and by buttons; what is under the pointer stays there', async () => {
    interface Box {
      readonly left: number;
      readonly width: number;
    }
    const box = (): Promise<Box> =>
      browser.evaluate("document.querySelector('dialog svg').getBoundingClientRect().toJSON()");
    const click = (id: string): Promise<unknown> => browser.evaluate(`document.getElementById('${id}').click()`);
    await browser.evaluate("document.querySelector('figure .enlarge').click()");
    const whole = await box();
    await browser.send('Input.dispatchMouseEvent', { type: 'mouseWheel', x: 900, y: 400, deltaX: 0, deltaY: -400 });
    await expect.poll(async () => (await box()).width).toBeCloseTo(2 * whole.width, 0);
    const near = await box();
    expect((900 - near.left) / near.width).toBeCloseTo((900 - whole.left) / whole.width, 2);
    await click('closer');
    expect((await box()).width).toBeCloseTo(3 * whole.width, 0);
    for (let step = 0; step < 5; step++) await click('farther');
    expect(await box()).toEqual(whole);
    await click('close');
    await expect
      .poll(() => browser.evaluate("document.querySelector('section figure').querySelector('svg') !== null"))
      .toBe(true);
  });

  it('saves a figure as the SVG that is shown, under its name', async () => {
    // The page makes a link to a blob and follows it: both are held here, and the blob is read before it is gone.
    await browser.evaluate(`
      window.saved = [];
      const make = URL.createObjectURL;
      URL.createObjectURL = (blob) => { window.blob = blob; return make.call(URL, blob); };
      HTMLAnchorElement.prototype.click = function () { window.saved.push([this.download, this.href.slice(0, 5)]); };
      document.querySelector('figure .save').click();
    `);
    const name = await browser.evaluate<string>("document.querySelector('figure').dataset.name");
    expect(await browser.evaluate('window.saved')).toEqual([[`${name}.svg`, 'blob:']]);
    expect(await browser.evaluate('window.blob.type')).toBe('image/svg+xml');
    const text = await browser.evaluate<string>('window.blob.text()');
    expect(text).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    const read = `new DOMParser().parseFromString(${JSON.stringify(text)}, 'image/svg+xml')`;
    expect(await browser.evaluate(`${read}.querySelector('parsererror') === null`)).toBe(true);
    const paths = await browser.evaluate<number>(
      "document.querySelector('figure svg').querySelectorAll('path').length",
    );
    expect(await browser.evaluate(`${read}.querySelectorAll('path').length`)).toBe(paths);
    expect(paths).toBeGreaterThan(2);
  });

  it('changes figures with the theme', async () => {
    const ink = (): Promise<string> =>
      browser.evaluate("getComputedStyle(document.querySelector('figure svg text')).fill");
    await browser.theme('light');
    const light = await ink();
    await browser.theme('dark');
    const dark = await ink();
    expect(dark).not.toBe(light);
    await browser.evaluate("document.getElementById('theme').click()");
    expect(await ink()).toBe(light);
  });

  it('fits a phone', async () => {
    await browser.resize({ width: 390, height: 844 });
    expect(await browser.evaluate('document.documentElement.scrollWidth')).toBe(390);
  });

  it('asked the network for nothing, and had nothing to complain about', async () => {
    const picture = await browser.screenshot(path.join(directory, 'page.png'));
    expect(picture.length).toBeGreaterThan(50_000);
    expect(browser.requests).toEqual([`file://${path.join(directory, 'report.html')}`]);
    expect(browser.complaints).toEqual([]);
  });
});

/** Falling; what is no number last. */
function byNumber(a: string, b: string): number {
  const value = (text: string): number => (text === '–' ? Number.NEGATIVE_INFINITY : Number(text));
  return value(b) - value(a);
}
