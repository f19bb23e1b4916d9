/**
 * Who somebody is: access tokens and revoked sessions. Shared by the part that issues tokens and the door that checks
 * them.
 */
@NullMarked
package dev.switchboard.identity;

import org.jspecify.annotations.NullMarked;
