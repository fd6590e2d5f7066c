// Nothing here yet: what this place is for, and the next step.
import { Stack, Text, ThemeIcon, Title } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';

interface Props {
  icon: Icon;
  title: string;
  text?: string;
  order?: 1 | 2 | 3;
  children?: ReactNode; // the buttons of the next step
}

export function EmptyState({ icon: Shape, title, text, order = 3, children }: Props) {
  return (
    <Stack align="center" gap="xs" py="xl" px="md" ta="center">
      <ThemeIcon variant="light" size={48} radius="xl" aria-hidden>
        <Shape size={26} stroke={1.6} />
      </ThemeIcon>
      <Title order={order} size="h4">{title}</Title>
      {text && <Text c="dimmed" size="sm" maw={440}>{text}</Text>}
      {children}
    </Stack>
  );
}
