import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

/** Least contrast of text by WCAG 2.2, 1.4.3 (AA). */
const LEAST = 4.5;

/** What stands on what, by the names of the colours in style.css. */
const PAIRS = {
  text: ['ground', 'surface', 'raised', 'sunken', 'accent-soft', 'amber-soft'],
  muted: ['ground', 'surface', 'raised', 'sunken', 'accent-soft'],
  accent: ['ground', 'surface', 'raised', 'sunken'],
  danger: ['ground', 'surface', 'raised', 'sunken'],
  amber: ['surface'],
  'on-accent': ['accent', 'accent-strong'],
  'on-own': ['own'],
};

const css = readFileSync(new URL('../../main/resources/webroot/style.css', import.meta.url), 'utf8');
const [light, dark] = [...css.matchAll(/:root \{([^}]*)\}/g)].map(([, body]) =>
  Object.fromEntries([...body.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value])),
);

function luminance(colour) {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

for (const [name, colours] of Object.entries({ light, dark: { ...light, ...dark } })) {
  test(`contrast: text can be read, ${name}`, () => {
    const weak = Object.entries(PAIRS)
      .flatMap(([text, grounds]) => grounds.map((ground) => [text, ground, contrast(colours[text], colours[ground])]))
      .filter(([, , ratio]) => !(ratio >= LEAST));
    assert.deepEqual(weak, []);
  });
}

test('contrast: initials can be read on every avatar', () => {
  const parts = readFileSync(new URL('../../main/resources/webroot/app/parts.css', import.meta.url), 'utf8');
  const hues = [...parts.matchAll(/--hue: (\d+)deg/g)].map(([, hue]) => Number(hue));
  const saturation = Number(/hsl\(var\(--hue\) (\d+)% var/.exec(parts)[1]) / 100;
  const lightness = [...css.matchAll(/--avatar-lightness: (\d+)%/g)].map(([, share]) => Number(share) / 100);
  assert.deepEqual([hues.length, lightness.length], [8, 2]);
  const weak = lightness.flatMap((l) => hues.filter((hue) => contrast(hex(hue, saturation, l), '#ffffff') < LEAST));
  assert.deepEqual(weak, []);
});

/** CSS Color 4, 7.1. */
function hex(hue, saturation, lightness) {
  const spread = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n) => {
    const k = (n + hue / 30) % 12;
    return Math.round(255 * (lightness - spread * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return `#${[0, 8, 4].map((n) => channel(n).toString(16).padStart(2, '0')).join('')}`;
}

test('contrast: the measure is that of WCAG', () => {
  assert.equal(contrast('#000000', '#ffffff'), 21);
  assert.equal(contrast('#777777', '#ffffff').toFixed(2), '4.48');
});
