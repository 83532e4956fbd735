/**
 * The library's own script asks for the bash-completion package, which a bare server lacks, and has
 * the shell evaluate what is typed, `$(…)` included. This one needs bash alone, from 3.2 on.
 */
export const bashCompletion = `# bash completion for fased
__fased_complete() {
    local word glue="" words=() cur typed head line
    # Bash ends words at = and : too; joined again they are what was typed.
    for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
        if [[ \${#words[@]} -gt 0 && ( -n $glue || $word == [=:]* ) ]]; then
            words[\${#words[@]}-1]+=$word
        else
            words+=("$word")
        fi
        glue=""
        [[ $word == *[=:] ]] && glue=1
    done
    cur=\${words[\${#words[@]}-1]}
    typed=\${COMP_WORDS[COMP_CWORD]#[=:]}
    head=\${cur%"$typed"}
    COMPREPLY=()
    while IFS= read -r line; do
        line=\${line%%$'\\t'*}
        if [[ $line == :* ]]; then
            continue # how the list ends
        elif [[ $line == "$cur"* ]]; then
            COMPREPLY+=("\${line#"$head"}")
        elif [[ -n $head && $line == "$typed"* ]]; then
            COMPREPLY+=("$line")
        fi
    done < <(fased complete -- "\${words[@]}" 2>/dev/null)
}
# Where there is nothing to say, the names of files are offered.
complete -o default -F __fased_complete fased
`
