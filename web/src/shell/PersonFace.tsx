// The round button with one's initials.
import { useSession } from '@/session/session';
import { UnstyledButton, type UnstyledButtonProps } from '@mantine/core';
import type { ButtonHTMLAttributes, Ref } from 'react';
import classes from './shell.module.css';

const initials = (name: string) => name.split(/\s+/).map((word) => word.slice(0, 1)).slice(0, 2).join('').toUpperCase() || '•';

type Props = UnstyledButtonProps & Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'style'> & { ref?: Ref<HTMLButtonElement> };

export function PersonFace(props: Props) {
  const { person } = useSession();
  const shown = initials(person?.name ?? '');
  return (
    <UnstyledButton {...props} className={classes.me} aria-label={`${shown}, your account`}>
      <span className={classes.person} aria-hidden>{shown}</span>
    </UnstyledButton>
  );
}
