package dev.switchboard.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.switchboard.protocol.AccountOperations;
import dev.switchboard.protocol.ConversationOperations;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.FaultException.FieldError;
import dev.switchboard.protocol.RoomOperations;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A client is told of everything that is wrong with a request, once for each field. */
class WrongFieldsTest {
    private static final String ID = "018f0000-0000-7000-8000-00000000000a";

    private static List<FieldError> errors(String json, Class<? extends Record> type) throws Exception {
        var tree = Json.MAPPER.readTree(json);
        var refusal = catchThrowableOfType(FaultException.class, () -> Json.read(tree, type));
        assertThat(refusal.fault()).isEqualTo(Fault.VALIDATION_FAILED);
        assertThat(refusal.text())
                .isEqualTo("Validation failed: " + refusal.errors().get(0).field() + " "
                        + refusal.errors().get(0).message());
        return refusal.errors();
    }

    @Test
    void everyBrokenRuleIsToldOnceForEachField() throws Exception {
        assertThat(errors("{\"username\":\"!\",\"email\":\"b\",\"password\":\"c\"}", AccountOperations.Register.class))
                .containsExactly(
                        new FieldError("username", "must have 2 to 32 characters"),
                        new FieldError("email", "must have 3 to 254 characters"),
                        new FieldError("password", "must have 8 to 128 characters"));
    }

    @Test
    void wrongTypesAndBrokenRulesAreToldTogether() throws Exception {
        assertThat(errors(
                        "{\"username\":5,\"email\":\"none\",\"password\":[\"12345678\"]}",
                        AccountOperations.Register.class))
                .containsExactly(
                        new FieldError("username", "must be a text"),
                        new FieldError("email", "must be an email address"),
                        new FieldError("password", "must be given once, not as a list"));
        assertThat(errors("{\"limit\":1.5,\"before\":0}", RoomOperations.History.class))
                .containsExactly(
                        new FieldError("conversationId", "is required"),
                        new FieldError("before", "must be from 1 to 9223372036854775807"),
                        new FieldError("limit", "must be a whole number"));
        assertThat(errors("{\"id\":\"x\",\"disabled\":1}", AccountOperations.SetDisabled.class))
                .containsExactly(
                        new FieldError("id", "must be a UUID"), new FieldError("disabled", "must be true or false"));
    }

    @Test
    void whatIsMissingIsNotGuessed() throws Exception {
        assertThat(errors("{\"id\":\"" + ID + "\"}", AccountOperations.SetDisabled.class))
                .containsExactly(new FieldError("disabled", "is required"));
    }

    @Test
    void itemsOfListsAreNamedByTheirPlace() throws Exception {
        assertThat(errors(
                        "{\"kind\":\"group\",\"memberIds\":[\"" + ID + "\",\"x\"]}",
                        ConversationOperations.Create.class))
                .containsExactly(new FieldError("memberIds[1]", "must be a UUID"));
        assertThat(errors("{\"kind\":\"group\",\"memberIds\":[null]}", ConversationOperations.Create.class))
                .containsExactly(new FieldError("memberIds[0]", "is required"));
        assertThat(errors("{\"id\":\"" + ID + "\",\"roles\":[\"ok\",\"Not ok\"]}", AccountOperations.SetRoles.class))
                .containsExactly(new FieldError("roles", "must be a lower-case name of at most 32 letters"));
        assertThat(errors("{\"id\":\"" + ID + "\",\"roles\":\"user\"}", AccountOperations.SetRoles.class))
                .containsExactly(new FieldError("roles", "must be a list"));
    }

    @Test
    void rulesThatConcernSeveralFieldsAreTold() throws Exception {
        assertThat(errors("{\"kind\":\"direct\",\"memberIds\":[]}", ConversationOperations.Create.class))
                .containsExactly(
                        new FieldError("memberIds", "must name the one other person of a direct conversation"));
        assertThat(errors("{\"password\":\"x\"}", AccountOperations.Login.class))
                .containsExactly(new FieldError("username", "or email is required"));
    }

    @Test
    void unknownFieldsAreIgnored() throws Exception {
        var tree = Json.MAPPER.readTree("{\"token\":\"t\",\"colour\":{\"deep\":[1]}}");

        assertThat(Json.read(tree, AccountOperations.ValidateToken.class))
                .isEqualTo(new AccountOperations.ValidateToken("t"));
    }
}
