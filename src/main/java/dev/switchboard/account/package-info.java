/** Users, passwords, sign-in, refresh tokens and sessions. */
@NullMarked
package dev.switchboard.account;

import org.jspecify.annotations.NullMarked;
