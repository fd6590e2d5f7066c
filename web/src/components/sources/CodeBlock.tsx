// A text to copy: what it is, the text, and the button. It can be scrolled by keyboard.
import { CopyButton } from '@/ui/CopyButton';
import { Code, Group, Stack, Text } from '@mantine/core';

interface Props {
  title: string;
  code: string;
  language?: string;
  action?: null; // null: not to be copied yet
}

export function CodeBlock({ title, code, language, action }: Props) {
  return (
    <Stack gap={6}>
      <Group justify="space-between" align="flex-end">
        <Text size="sm" fw={500}>{title}</Text>
        {action !== null && <CopyButton value={code} />}
      </Group>
      <Code block tabIndex={0} role="region" aria-label={`${title}${language ? `, ${language}` : ''}`} mah={320} bd="1px solid var(--mantine-color-default-border)" style={{ overflow: 'auto' }}>
        {code}
      </Code>
    </Stack>
  );
}
