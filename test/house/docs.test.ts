/** Documentation that can be checked: every code is listed, every file a page names is there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (name: string): string => readFileSync(path.join(root, name), 'utf8');

it('docs/diagnostics.md lists exactly the codes of the source', () => {
  const text = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => read(path.join('src', name)))
    .join('\n');
  const given = [
    ...text.matchAll(
      /(?:userError|report|Report|problems\.add|\bbad|add)\(\s*'([a-z]+(?:-[a-z]+)*)'|code:(?: to\.overflow === 'AP_WRAP' \?)? '([a-z-]+)'|: '(can-vanish)'/g,
    ),
  ];
  const templated = ['weight-off-grid', 'bias-off-grid'];
  const inSource = new Set([...given.map(([, a, b, c]) => a ?? b ?? c!), ...templated]);
  const listed = new Set([...read('docs/diagnostics.md').matchAll(/`([a-z]+(?:-[a-z]+)*)`/g)].map(([, code]) => code!));
  expect([...listed].sort()).toEqual([...inSource].sort());
});

it.each(['README.md', ...readdirSync(path.join(root, 'docs')).map((name) => `docs/${name}`)])(
  '%s names files that are there',
  (page) => {
    const named = [
      ...read(page).matchAll(/`((?:src|test|fixtures|docs|hls|templates|bench)\/[\w./-]+)`|\]\((?!https?:)([^)#]+)\)/g),
    ];
    const missing = named
      .map(([, code, link]) => code ?? path.join(path.dirname(page), link!))
      .filter((name) => !existsSync(path.join(root, name)));
    expect(missing).toEqual([]);
  },
);
