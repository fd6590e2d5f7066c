// The state of an import in a word.
import { Badge } from '@mantine/core';
import type { Import } from './imports';
import { stateWords } from './words';

const COLORS: Record<Import['state'], string> = { planned: 'yellow', running: 'blue', done: 'teal', cancelled: 'gray', failed: 'red', undoing: 'blue', undone: 'gray' };

export function StateBadge({ state }: { state: Import['state'] }) {
  return <Badge variant="dot" color={COLORS[state]} tt="none" fw={500} style={{ flex: 'none' }}>{stateWords[state]}</Badge>;
}
