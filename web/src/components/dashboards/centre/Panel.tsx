// A part of the command center, with its heading.
import { Card, Group, Title } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import classes from './centre.module.css';

export function Panel({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <Card component="section" aria-labelledby={id} className={classes.panel} padding="lg">
      <Group justify="space-between" mb="md" gap="sm" mih={28}>
        <Title order={2} size="h5" id={id}>{title}</Title>
        {aside}
      </Group>
      {children}
    </Card>
  );
}
