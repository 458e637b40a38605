# Sourced by the jobs. Kedro keeps only the last --params, so the run's name and the user's become one.
# kedro_options RUN [kedro options] sets the array `options`.
kedro_options() {
    local params="run=$1"
    shift
    options=()
    while (( $# )); do
        case "$1" in
            --params=*) params+=",${1#--params=}" ;;
            --params) params+=",${2:?--params without a value}"; shift ;;
            *) options+=("$1") ;;
        esac
        shift
    done
    options+=("--params=$params")
}
