/**
 * The HTTP door: operations under {@code /api/v1} and {@code /api}, health, the page, and what every answer has in
 * common.
 */
@NullMarked
package dev.switchboard.gateway.http;

import org.jspecify.annotations.NullMarked;
