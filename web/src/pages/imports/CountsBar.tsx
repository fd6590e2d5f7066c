// What became of the rows, as a bar; the figures stand beside it in words.
import { useFormat } from '@/format/use_format';
import { Box, Text } from '@mantine/core';
import classes from './imports.module.css';
import type { Import } from './imports';
import { actions, actionWords } from './words';

export function CountsBar({ counts }: { counts: Import['counts'] }) {
  const format = useFormat();
  const parts = actions.filter((action) => counts[action] > 0);
  const words = parts.map((action) => `${format.number(counts[action])} ${actionWords[action].toLowerCase()}`).join(', ');
  return (
    <Box miw={120}>
      <Box className={classes.bar} aria-hidden>
        {parts.map((action) => <span key={action} data-action={action} style={{ flexGrow: counts[action] }} />)}
      </Box>
      <Text size="xs" c="dimmed">{words || 'No rows yet'}</Text>
    </Box>
  );
}
