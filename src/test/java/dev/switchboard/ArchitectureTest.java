package dev.switchboard;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Which package may know which: a package is a feature, and features meet only in {@code protocol} and {@code bus}. */
class ArchitectureTest {
    private static final String ROOT = "dev.switchboard.";
    private static final String[] FEATURES = {
        ROOT + "account..", ROOT + "room..", ROOT + "participant..", ROOT + "signaling..", ROOT + "meeting.."
    };

    private static final ArchRule PROTOCOL_KNOWS_NOBODY = noClasses()
            .that()
            .resideInAPackage(ROOT + "protocol..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    ROOT + "bus..",
                    ROOT + "identity..",
                    ROOT + "config..",
                    ROOT + "storage..",
                    ROOT + "account..",
                    ROOT + "room..",
                    ROOT + "participant..",
                    ROOT + "signaling..",
                    ROOT + "meeting..",
                    ROOT + "gateway..",
                    ROOT + "ops..",
                    ROOT + "app..",
                    "io.vertx..",
                    "com.hazelcast..")
            .because("what the parts say to each other is plain Java that everybody can know");

    private static final ArchRule FEATURES_DO_NOT_KNOW_EACH_OTHER = slices().matching(
                    "dev.switchboard.(account|room|participant|signaling|meeting)..")
            .should()
            .notDependOnEachOther()
            .because("features ask each other through the bus, as if they were on different nodes: often they are");

    private static final ArchRule FEATURES_DO_NOT_KNOW_THE_DOOR = noClasses()
            .that()
            .resideInAnyPackage(FEATURES)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ROOT + "gateway..", ROOT + "app..", "io.vertx.ext.web..")
            .because("an operation does not know which door it came through");

    private static final ArchRule THE_DOOR_OWNS_NO_STATE = noClasses()
            .that()
            .resideInAPackage(ROOT + "gateway..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    ROOT + "account..",
                    ROOT + "room..",
                    ROOT + "participant..",
                    ROOT + "signaling..",
                    ROOT + "meeting..",
                    ROOT + "storage..",
                    ROOT + "app..",
                    "com.hazelcast..")
            .because("a gateway node has no database and no partitions");

    private static final ArchRule ONLY_THE_BUS_TALKS_TO_THE_EVENT_BUS = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + "bus..", ROOT + "app..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.vertx.core.eventbus..")
            .because("time-outs, retries and ownership are decided in one place");

    private static final ArchRule SQL_ONLY_IN_STORES = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + "storage..")
            .and()
            .haveNameNotMatching(".*\\.(Pg\\w+|CommitRows)(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.vertx.sqlclient..")
            .because("a rule that speaks SQL cannot be tested by itself");

    private static final ArchRule NO_LOOSE_JSON = noClasses()
            .that()
            .resideInAnyPackage(FEATURES)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx.core.json..", "com.fasterxml.jackson.databind..")
            .because("features speak in records; their mapping is in bus");

    private static final ArchRule NO_CLUSTERED_LOCKS = noClasses()
            .should()
            .dependOnClassesThat()
            .haveNameMatching("io\\.vertx\\.core\\.shareddata\\.(Lock|Counter|AsyncMap)")
            .because("Vert.x's clustered locks let several in at once, and its counters block the event loop");

    private static final ArchRule NOBODY_SLEEPS = noClasses()
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .because("whatever is waited for has an event, a timer or a condition of its own");

    private static final ArchRule NO_CYCLES = slices().matching("dev.switchboard.(*)..")
            .should()
            .beFreeOfCycles()
            .because("a package that is part of a cycle cannot be read, or taken out, by itself");

    @TestFactory
    Stream<DynamicTest> packagesKnowOnlyWhomTheyMay() {
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.switchboard");
        return Stream.of(
                        PROTOCOL_KNOWS_NOBODY,
                        FEATURES_DO_NOT_KNOW_EACH_OTHER,
                        FEATURES_DO_NOT_KNOW_THE_DOOR,
                        THE_DOOR_OWNS_NO_STATE,
                        ONLY_THE_BUS_TALKS_TO_THE_EVENT_BUS,
                        SQL_ONLY_IN_STORES,
                        NO_LOOSE_JSON,
                        NO_CLUSTERED_LOCKS,
                        NOBODY_SLEEPS,
                        NO_CYCLES)
                .map(rule -> DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(classes)));
    }
}
