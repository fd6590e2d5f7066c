import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const kStyles = 'node_modules/@mantine/core/styles';
// What a component draws with beside its own styles.
const kMadeOf: Record<string, string[]> = {
  Autocomplete: ['Combobox', 'Input', 'Popover'],
  Menu: ['Popover'],
  Modal: ['ModalBase', 'Overlay', 'Paper', 'CloseButton'],
  Drawer: ['ModalBase', 'Overlay', 'Paper', 'CloseButton'],
  MultiSelect: ['Combobox', 'Input', 'Pill', 'PillsInput', 'Popover'],
  NativeSelect: ['Combobox', 'Input'],
  NumberInput: ['Input'],
  PasswordInput: ['Input', 'ActionIcon'],
  Select: ['Combobox', 'Input', 'Popover'],
  TagsInput: ['Combobox', 'Input', 'Pill', 'PillsInput', 'Popover'],
  TextInput: ['Input'],
  Textarea: ['Input'],
};

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.tsx'))
    .map((entry) => join(entry.parentPath, entry.name));
}

function imported(text: string): string[] {
  return [...text.matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)].flatMap(([, names]) => (names ?? '').split(',').map((name) => name.replace(/ as .*/, '').trim()));
}

it('every component of Mantine that the app uses has its styles', () => {
  const listed = readFileSync('src/styles.ts', 'utf8');
  const used = new Set(sources('src').flatMap((file) => imported(readFileSync(file, 'utf8'))));
  const needed = [...used].flatMap((name) => [name, ...(kMadeOf[name] ?? [])]).filter((name) => existsSync(`${kStyles}/${name}.css`));
  expect(needed.length).toBeGreaterThan(20);
  expect(needed.filter((name) => !listed.includes(`/${name}.layer.css`))).toEqual([]);
});
