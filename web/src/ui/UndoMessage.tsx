// What stands in an undo toast.
import { Button, Group, Text } from '@mantine/core';

export function UndoMessage({ text, onUndo }: { text: string; onUndo: () => void }) {
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm">{text}</Text>
      <Button size="xs" variant="default" onClick={onUndo}>Undo</Button>
    </Group>
  );
}
