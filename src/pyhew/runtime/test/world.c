/* Text, numbers, files, environment, standard input: one claim per line, checked inside the program.
 * Reads one line from standard input, then the rest; writes into the folder named by the first argument. */
#include "program.h"

#include <math.h>

static hew_block *temporary[256];
static int temporary_count;

/* A value to be released at the end. */
static hew_block *keep(hew_block *block) {
    temporary[temporary_count++] = block;
    return block;
}

static bool is(hew_block *block, const char *text) {
    keep(block);
    int64_t length = hew_string_length(block);
    return length == (int64_t)strlen(text) && (length == 0 || memcmp(((hew_string *)(void *)block)->bytes, text, (size_t)length) == 0);
}

static void test_numbers(hew_actor *self) {
    TEST(is(hew_string_from_i64(self, INT64_MIN), "-9223372036854775808"));
    TEST(is(hew_string_from_u64(self, UINT64_MAX), "18446744073709551615"));
    TEST(is(hew_string_from_f64(self, 1.0), "1") && is(hew_string_from_f64(self, 1.0 / 3), "0.333333"));
    TEST(is(hew_string_from_f64(self, -0.0), "-0") && is(hew_string_from_f64(self, 1e20), "1e+20"));
    TEST(is(hew_string_from_f64(self, (double)NAN), "nan") && is(hew_string_from_f64(self, -(double)INFINITY), "-inf"));
    TEST(is(hew_string_from_f64_fixed(self, 2.345, 1), "2.3") && is(hew_string_from_duration(self, 5000), "5000ns"));
    TEST(is(hew_string_from_bool(self, 1), "true") && is(hew_string_from_char(self, 0x20AC), "\xE2\x82\xAC"));
    static const struct {
        const char *text;
        int64_t number;
        int32_t status;
    } parsed[] = {{"42", 42, 0}, {"-9223372036854775808", INT64_MIN, 0}, {"9223372036854775808", 0, HEW_IO_INVALID},
                  {"", 0, HEW_IO_INVALID}, {"-", 0, HEW_IO_INVALID}, {"4 2", 0, HEW_IO_INVALID}, {"+7", 7, 0}};
    for (size_t i = 0; i < sizeof parsed / sizeof *parsed; i++) {
        TEST(hew_parse_i64(self, keep(test_string(self, parsed[i].text)), 10) == parsed[i].number);
        TEST(hew_status(self) == parsed[i].status);
    }
    TEST(hew_parse_i64(self, keep(test_string(self, "-ff")), 16) == -255 && hew_parse_u64(self, keep(test_string(self, "101")), 2) == 5);
    TEST(hew_parse_f64(self, keep(test_string(self, "-2.5e3"))) == -2500.0 && hew_status(self) == HEW_IO_OK);
    TEST(hew_parse_f64(self, keep(test_string(self, "2.5x"))) == 0 && hew_status(self) == HEW_IO_INVALID);
    TEST(hew_parse_f64(self, keep(test_string(self, " 1"))) == 0 && hew_status(self) == HEW_IO_INVALID);
}

static void test_text(hew_actor *self) {
    hew_block *runes = keep(test_string(self, "a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80z")); /* 5 codepoints, 11 bytes */
    TEST(hew_string_length(runes) == 11 && hew_codepoint_count(runes) == 5);
    TEST(hew_codepoint_offset(runes, 3) == 6 && hew_codepoint_offset(runes, 5) == 11 && hew_codepoint_offset(runes, 6) == -1);
    TEST(hew_codepoint_at(runes, 6) == 0x1F600 && hew_codepoint_size(runes, 6) == 4);
    TEST(is(hew_string_to_upper(self, runes), "A\xC3\x84\xE2\x82\xAC\xF0\x9F\x98\x80Z"));
    TEST(is(hew_string_to_lower(self, keep(test_string(self, "\xC3\x96L"))), "\xC3\xB6l"));
    TEST(is(hew_string_trim(self, keep(test_string(self, " \t x y\n ")), 3), "x y"));
    hew_block *text = keep(test_string(self, "one two one"));
    TEST(hew_string_find(text, keep(test_string(self, "one")), 1) == 8 && hew_string_find(text, keep(test_string(self, "x")), 0) == -1);
    TEST(hew_string_find(text, NULL, 11) == 11 && hew_string_rfind(text, keep(test_string(self, "one"))) == 8);
    TEST(hew_string_starts_with(text, keep(test_string(self, "one "))) && !hew_string_ends_with(text, keep(test_string(self, "two"))));
    TEST(hew_string_compare(text, keep(test_string(self, "one two"))) == 1 && hew_string_compare(NULL, text) == -1);
    TEST(hew_string_hash(text) == hew_string_hash(keep(test_string(self, "one two one"))));
    TEST(is(hew_string_slice(self, text, 4, 7), "two") && is(hew_string_repeat(self, keep(test_string(self, "ab")), 3), "ababab"));
    hew_block *grown = NULL;
    for (int i = 0; i < 1000; i++) grown = hew_string_append(self, grown, text);
    TEST(hew_string_length(keep(grown)) == 11000 && hew_string_find(grown, text, 10989) == 10989);
    TEST((hew_char_class('Q') & 9) == 9 && (hew_char_class('7') & 2) && (hew_char_class(0xA0) & 4) && hew_char_class('!') == 32);
    static const char *const broken[] = {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\x80", "\xF0\x82\x82\xAC"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        hew_block *bytes = keep(hew_string_to_vec(self, keep(test_string(self, broken[i]))));
        TEST(!hew_utf8_is_valid(bytes) && !hew_string_from_vec(self, bytes) && hew_status(self) == HEW_IO_INVALID);
    }
}

static void test_files(hew_actor *self, hew_block *folder) {
    hew_block *path = keep(hew_string_concat(self, folder, keep(test_string(self, "/deep/er"))));
    hew_dir_create(self, path, 1);
    TEST(hew_status(self) == HEW_IO_OK && hew_file_exists(self, path) == 2);
    hew_block *file = keep(hew_string_concat(self, path, keep(test_string(self, "/text"))));
    hew_block *text = keep(test_string(self, "some text\n"));
    hew_file_write_text(self, file, text, 0);
    hew_file_write_text(self, file, text, 1);
    TEST(hew_status(self) == HEW_IO_OK && hew_file_size(self, file) == 20 && hew_file_exists(self, file) == 1);
    hew_block *bytes = keep(hew_file_read(self, file));
    TEST(is(hew_string_from_vec(self, bytes), "some text\nsome text\n"));
    hew_file_write(self, file, bytes, 0);
    hew_block *names = keep(hew_dir_list(self, path));
    TEST(((hew_vec *)(void *)names)->length == 1);
    hew_block *other = keep(hew_string_concat(self, path, keep(test_string(self, "/other"))));
    hew_file_rename(self, file, other);
    TEST(hew_file_read(self, file) == NULL && hew_status(self) == HEW_IO_NOT_FOUND && hew_error_number(self) == 2);
    hew_file_remove(self, other);
    hew_file_remove(self, path);
    TEST(hew_status(self) == HEW_IO_OK && hew_file_exists(self, path) == 0);
    hew_dir_create(self, folder, 0);
    TEST(hew_status(self) == HEW_IO_EXISTS);
    TEST(hew_string_length(keep(hew_working_dir(self))) > 0);
}

static void test_surroundings(hew_actor *self) {
    hew_block *name = keep(test_string(self, "HEW_TEST_NAME"));
    TEST(hew_env_get(self, name) == NULL && hew_status(self) == HEW_IO_NOT_FOUND);
    hew_env_set(self, name, keep(test_string(self, "here")));
    TEST(is(hew_env_get(self, name), "here"));
    hew_env_set(self, name, keep(test_string(self, "\xFF")));
    TEST(hew_env_get(self, name) == NULL && hew_status(self) == HEW_IO_OK);
    hew_env_remove(self, name);
    hew_tally_add(self, name, 2);
    hew_tally_add(self, keep(test_string(self, "other")), 1);
    hew_tally_set(self, name, 3);
    TEST(hew_tally_get(self, name) == 3 && ((hew_vec *)(void *)keep(hew_tally_names(self, name)))->length == 1);
    hew_block *bits = keep(hew_entropy(self, 16));
    TEST(bits ? ((hew_vec *)(void *)bits)->length == 16 : hew_status(self) != HEW_IO_OK);
    TEST(hew_args_count() == 2 && hew_arg(self, 2) == NULL);
    TEST(hew_clock_monotonic() <= hew_clock_monotonic() && hew_clock_real() > 1600000000000000000);
    TEST(hew_random_u64(self) != hew_random_u64(self));
    TEST(is(hew_read_line(self), "first line") && hew_status(self) == HEW_IO_OK);
    TEST(is(hew_read_line(self), "") && hew_status(self) == HEW_IO_OK);
    hew_block *rest = keep(hew_read_stdin(self));
    TEST(is(hew_string_from_vec(self, rest), "last") && is(hew_read_line(self), "") && hew_status(self) == HEW_IO_CLOSED);
}

static hew_block *main_dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    (void)handler;
    (void)message;
    test_numbers(self);
    test_text(self);
    test_files(self, keep(hew_arg(self, 1)));
    test_surroundings(self);
    while (temporary_count > 0) hew_release(self, temporary[--temporary_count]);
    return NULL;
}

static const hew_handler handlers[] = {{"main"}};
static const hew_actor_type main_type = {.name = "main", .handler_count = 1, .dispatch = main_dispatch, .handlers = handlers};

int main(int argc, char **argv) {
    hew_program program = {.main_actor = &main_type};
    return hew_main(&program, argc, argv);
}
