import { exec } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import sqlite from '@stategate/driver-sqlite/driver';
import { validateConfig } from '@stategate/journal-spi/kit';
import { loadConfig } from '@stategate/proxy/config';
import { describe, expect, test } from 'vitest';
import { InProcessProxy } from '../support/in-process-proxy.ts';
import { freePort } from '../support/ports.ts';
import { ROOT, startNode } from '../support/process.ts';
import { tempDir } from '../support/temp-dir.ts';

const PAGES = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

function blocks(page: string, language: string): readonly string[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(/```(\w+)\n([^]*?)```/g)].flatMap(([, name, block = '']) =>
    name === language ? [block] : [],
  );
}

describe.each(PAGES)('%s', (page) => {
  test('links to what is there', () => {
    const text = readFileSync(join(ROOT, page), 'utf8');
    const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link);
    const broken = links.filter((link) => !existsSync(resolve(ROOT, dirname(page), link)));
    expect(broken).toEqual([]);
  });

  test('configures what can be configured', async () => {
    for (const yaml of blocks(page, 'yaml')) {
      using dir = tempDir();
      writeFileSync(dir.file('stategate.yaml'), yaml);
      await loadConfig({ file: dir.file('stategate.yaml'), env: { STORE_BYTES: '1000000' } });
    }
  });

  test('uses npm scripts that are there', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
    const used = blocks(page, 'sh').flatMap((block) =>
      [...block.matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(([, name = '']) => name),
    );
    expect(used.filter((name) => !(name in scripts))).toEqual([]);
  });
});

describe('the commands of docs/how-to work as they stand', () => {
  const commands = ['run-the-proxy', 'choose-a-store'].flatMap((name) =>
    blocks(`docs/how-to/${name}.md`, 'sh').flatMap((block) =>
      block
        .trim()
        .split('\n')
        .filter((line) => /^stategate (store|config)/.test(line)),
    ),
  );

  test('there are some', () => {
    expect(commands.length).toBeGreaterThan(5);
  });

  test.each(commands)('%s', { timeout: 30_000 }, async (command) => {
    using dir = tempDir();
    writeFileSync(dir.file('stategate.yaml'), 'store: sqlite:./data/app.db\n');
    const run = async (line: string): Promise<[number | string, string]> => {
      await using process = startNode([join(ROOT, 'src/cli/main.ts'), ...line.split(' ').slice(1)], { cwd: dir.path });
      return [await process.exited, process.output];
    };
    await storeOneEvent(dir.file('data/app.db'));
    const [code, output] = await run(command);
    expect(output).not.toMatch(/error|stategate:/);
    expect(code).toBe(0);
  });
});

describe('the consoles of docs/reference show what happens beside the shopping cart', () => {
  const pages = PAGES.filter((page) => page.startsWith('docs/reference/') && blocks(page, 'console').length > 0);

  test.each(pages)('%s', { timeout: 60_000 }, async (page) => {
    const port = await freePort();
    await using cart = startNode([join(ROOT, 'examples/shopping-cart/main.ts')], { env: { PORT: String(port) } });
    await using proxy = await InProcessProxy.start(port);
    const here = (text: string): string => text.replaceAll('localhost:9000', `127.0.0.1:${proxy.apiPort}`);
    const steps = [
      ...blocks(page, 'console')
        .join('')
        .matchAll(/^\$ (.*)\n((?:(?!\$ ).*\n)*)/gm),
    ];
    expect(steps.length).toBeGreaterThan(0);
    for (const [, command = '', output = ''] of steps) {
      const { stdout, stderr } = await promisify(exec)(here(command), { timeout: 20_000 });
      expect({ command, output: `${stdout}${stderr}`.trimEnd() }).toEqual({ command, output: here(output).trimEnd() });
    }
    expect(cart.running).toBe(true);
  });
});

/** What the pages speak of: one event of one cart, and a snapshot. */
async function storeOneEvent(path: string): Promise<void> {
  const store = await sqlite.open(await validateConfig(sqlite, { path }), {
    warn: () => undefined,
    instanceId: 'docs',
  });
  const stream = { namespace: 'default', persistenceId: 'shopping-cart', entityId: 'demo' };
  const fence = { scope: 'all', epoch: 1 };
  const event = { manifest: 'ItemAdded', payload: Buffer.from('tea') };
  await store.journal.append({ stream, expected: 0, fence, token: 'docs', events: [event] }, {});
  await store.snapshots.save(stream, { ...event, sequenceNr: 1 }, fence, {});
  await store.close();
}
