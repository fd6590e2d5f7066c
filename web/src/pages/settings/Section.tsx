// A part of the settings: heading, what it is for, and its one action.
import { Card, Group, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './settings.module.css';

export function Section({ title, text, action, children }: { title: string; text?: string; action?: ReactNode; children: ReactNode }) {
  return (
    <Card className={classes.section} padding="lg">
      <Group justify="space-between" align="flex-start" mb="md" gap="sm">
        <div>
          <Title order={2} size="h5">{title}</Title>
          {text && <Text size="sm" c="dimmed" maw={560}>{text}</Text>}
        </div>
        {action}
      </Group>
      {children}
    </Card>
  );
}
