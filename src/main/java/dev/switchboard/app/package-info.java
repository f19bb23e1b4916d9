/** The composition root: options, parts, deployments; a node's start, drain and stop. */
@NullMarked
package dev.switchboard.app;

import org.jspecify.annotations.NullMarked;
