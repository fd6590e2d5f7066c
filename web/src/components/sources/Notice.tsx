// Something to look at before going on. The yellow is its ground only: yellow words could not be read.
import { Alert, type AlertProps } from '@mantine/core';

const words = { title: { color: 'var(--mantine-color-text)' }, label: { color: 'var(--mantine-color-text)' }, icon: { color: 'var(--mantine-color-text)' } };

export function Notice(props: AlertProps) {
  return <Alert color="yellow" variant="light" styles={words} {...props} />;
}
