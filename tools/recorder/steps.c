/* Lines of standard input as steps, and what their arguments say. */

#include "recorder.h"

#include <stdlib.h>
#include <string.h>

bool parse_step(char *line, struct step *step)
{
	char *rest = NULL;
	char *word = strtok_r(line, " \n", &rest);

	step->in_child = word && strcmp(word, "child") == 0;
	if (step->in_child)
		word = strtok_r(NULL, " \n", &rest);
	step->op = word;
	step->count = 0;
	if (!word)
		return false;
	while ((word = strtok_r(NULL, " \n", &rest))) {
		char *value = strchr(word, '=');

		if (!value || step->count == ARGS)
			return false;
		*value++ = '\0';
		step->args[step->count].name = word;
		step->args[step->count].value = value;
		step->count++;
	}
	return true;
}

const char *arg_text(const struct step *step, const char *name)
{
	for (int i = 0; i < step->count; i++)
		if (strcmp(step->args[i].name, name) == 0)
			return step->args[i].value;
	return NULL;
}

uint64_t arg(const struct step *step, const char *name, uint64_t other)
{
	const char *text = arg_text(step, name);

	if (!text)
		return other;
	return *text == '-' ? (uint64_t)strtoll(text, NULL, 0) : strtoull(text, NULL, 0);
}

bool arg_is(const struct step *step, const char *name, const char *text)
{
	const char *given = arg_text(step, name);

	return given && strcmp(given, text) == 0;
}
