// Mantine's texts and buttons as links whose addresses, parameters and search are checked against the routes.
import { Anchor, Button, type AnchorProps, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';

type AsAnchor = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'color' | 'style'> & { ref?: Ref<HTMLAnchorElement> };

export const TextLink = createLink((props: AnchorProps & AsAnchor) => <Anchor {...props} />);
export const ButtonLink = createLink((props: ButtonProps & AsAnchor) => <Button component="a" {...props} />);
