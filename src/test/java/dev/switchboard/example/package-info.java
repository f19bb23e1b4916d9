/** The examples under {@code conf/examples}, each against small stand-ins for the services of its system. */
package dev.switchboard.example;
