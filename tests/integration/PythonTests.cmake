# Debian's python, whose modules script/bootstrap installs; not one that a version manager puts first.
find_program(WSKIT_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH REQUIRED)

# wskit_python_test(NAME LABELS TIMEOUT FILE [ARGUMENTS...]): FILE runs against the programs built.
function(wskit_python_test name labels timeout file)
  cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
  add_test(NAME ${name} COMMAND ${WSKIT_PYTHON} ${file} ${ARGN})
  set_tests_properties(${name} PROPERTIES
    LABELS "${labels}"
    TIMEOUT ${timeout}
    ENVIRONMENT "WSKIT_BUILD_DIR=${PROJECT_BINARY_DIR};TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/support/tsan.supp;PYTHONDONTWRITEBYTECODE=1;PYTHONPATH=${PROJECT_SOURCE_DIR}/tests/integration")
endfunction()
