/** What the doors can be asked for, told in OpenAPI 3.1, and a page to try it. */
@NullMarked
package dev.switchboard.gateway.openapi;

import org.jspecify.annotations.NullMarked;
